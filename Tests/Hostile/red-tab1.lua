-- expect: killed memory
-- why: a list that claims to be long
local t=setmetatable({},{__index=function() return "x" end,__len=function() return 4000000 end}) while true do pcall(table.concat,t,("s"):rep(1000)) end
