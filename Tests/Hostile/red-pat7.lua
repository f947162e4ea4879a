-- expect: killed cpu
-- why: a megabyte of frontiers
local p=("%f[a]"):rep(1000000) local s=("a"):rep(1000) while true do pcall(string.find,s,p) end
