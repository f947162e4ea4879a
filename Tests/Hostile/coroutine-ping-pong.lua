-- expect: killed cpu
-- why: two coroutines that yield to each other
local a = coroutine.wrap(function() while true do coroutine.yield() end end) while true do a() end
