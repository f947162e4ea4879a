-- ==Script==
-- @needs  instances:read instances:destroy
-- ==/Script==
require("iwinv").instances.list { name = "web-01" }[1]:delete()
