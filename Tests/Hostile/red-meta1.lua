-- expect: killed cpu
-- why: chains of metamethods, of all kinds
local t={} for i=1,190 do t=setmetatable({},{__index=t,__newindex=t,__call=t,__len=function() return #t end}) end while true do pcall(function() return t.x end) pcall(t) end
