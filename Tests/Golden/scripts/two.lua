-- ==Script==
-- @needs  instances:read instances:edit
-- ==/Script==
local iwinv = require "iwinv"
iwinv.instances.list { name = "web-01" }[1]:edit { name = "two-01" }
time.sleep("1h")
iwinv.instances.list { name = "web-02" }[1]:edit { name = "two-02" }
