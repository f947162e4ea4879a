-- ==Script==
-- @needs  instances:read instances:power
-- ==/Script==
local vm = require("iwinv").instances.list { name = "web-01" }[1]
vm:reboot()
return "rebooted"
