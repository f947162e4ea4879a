-- ==Script==
-- @needs  instances:read instances:edit
-- ==/Script==
local iwinv = require "iwinv"
iwinv.instances.list { name = "web-01" }[1]:edit { name = "half-01" }
error("the other half is missing")
