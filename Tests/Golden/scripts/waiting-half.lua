-- ==Script==
-- @needs  instances:read instances:edit
-- ==/Script==
require("iwinv").instances.list { name = "web-01" }[1]:edit { name = "half-01" }
task.spawn(function()
    time.sleep("50ms")
    print("waiting")
end)
time.sleep("1h")
