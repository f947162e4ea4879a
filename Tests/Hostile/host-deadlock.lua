-- expect: error a task cannot wait for itself
-- why: tasks that wait for each other
local a, b a = task.spawn(function() b:wait() end) b = task.spawn(function() a:wait() end) a:wait()
