-- expect: error too many tasks
-- why: more tasks than allowed
while true do task.spawn(wait) end
