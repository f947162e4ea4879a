-- expect: killed cpu
-- why: wrap passes errors on, not kills
while true do pcall(coroutine.wrap(function() while true do end end)) end
