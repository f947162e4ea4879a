-- expect: killed cpu
-- why: loops that catch, in a coroutine, in an order function, in __close, in a handler
local function h(e) while true do local ok=pcall(error) end end local co co=coroutine.wrap(function() table.sort({1,2,3,4,5,6,7,8,9,10},function(a,b) local x<close> =setmetatable({},{__close=function() xpcall(function() while true do end end,h) end}) return xpcall(function() error("x") end,function() coroutine.wrap(function() while true do end end)() end) end) end) while true do pcall(co) co=coroutine.wrap(function() while true do end end) end
