-- expect: ok
-- why: gmatch state outlives its coroutine
local g = coroutine.wrap(function() coroutine.yield(("abc"):gmatch(".")) end)() collectgarbage "count" return g(), g(), g(), g()
