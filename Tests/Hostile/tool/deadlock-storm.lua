-- expect: error
-- flags: --cpu 5s
-- why: tasks that wait for each other in a ring, and fail
local tasks = {}
for i = 1, 900 do
    tasks[i] = task.spawn(function()
        time.sleep(0)
        tasks[i % 900 + 1]:wait()
    end)
end
for _, t in ipairs(tasks) do t:wait() end
