-- expect: killed cpu
-- why: metamethods that call themselves
local mt={} mt.__eq=function(a,b) return a==setmetatable({},mt) end mt.__lt=function(a,b) return setmetatable({},mt)<b end mt.__le=mt.__lt mt.__concat=function(a,b) return a..setmetatable({},mt) end mt.__unm=function(a) return -setmetatable({},mt) end local function n() return setmetatable({},mt) end while true do pcall(function() return n()==n() end) pcall(function() return n()<n() end) pcall(function() return n()..n() end) pcall(function() return -n() end) end
