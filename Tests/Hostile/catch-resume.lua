-- expect: killed cpu
-- why: resume returns errors
while true do coroutine.resume(coroutine.create(function() while true do end end)) end
