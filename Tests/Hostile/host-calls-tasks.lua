-- expect: killed calls
-- cpu: 2000
-- why: also from tasks
for i = 1, 500 do task.spawn(function() while true do pcall(wait) end end) end
