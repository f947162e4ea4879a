-- expect: killed cpu
-- why: task.map over workers that loop
task.map({1, 2, 3}, function() while true do end end)
