-- expect: killed cpu
-- why: readers of load that close into loops
local n=0 while true do pcall(load,function() n=n+1 if n%3==0 then return nil end local x<close> =setmetatable({},{__close=function() while true do pcall(error) end end}) return " " end) end
