-- ==Script==
-- @needs  instances:read instances:power
-- ==/Script==
require("iwinv").instances.list { name = "web-01" }[1]:shutdown()
