-- expect: error
-- why: errors of tasks nobody waits for
for i = 1, 100 do task.spawn(error, ("x"):rep(100000)) end
