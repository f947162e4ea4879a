-- By the time that the line is there, the script waits for an hour.
task.spawn(function()
    time.sleep("50ms")
    print("waiting")
end)
time.sleep("1h")
