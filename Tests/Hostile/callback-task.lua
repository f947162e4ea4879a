-- expect: killed cpu
-- why: a task that loops
task.spawn(function() while true do end end):wait()
