-- expect: killed cpu
-- why: no coroutine lives for 1000 instructions
while true do coroutine.wrap(function() end)() end
