-- expect: killed cpu
-- why: a replacement in C
local s = ("a"):rep(100000) while true do s:gsub(".", string.upper) end
