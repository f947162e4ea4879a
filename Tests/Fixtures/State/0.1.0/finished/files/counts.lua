-- ==Script==
-- @needs instances:read instances:edit
-- ==/Script==
local count = store.get("runs", 0) + 1
store.set("runs", count)
local vm = require("iwinv").instances.list { name = "f24-", fields = { "name" } }[1]
vm:edit { name = "f24-run" .. count }
print("run " .. count)