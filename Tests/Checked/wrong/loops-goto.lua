-- ==Script==
-- @name     loops
-- @needs    instances:power
-- ==/Script==
local iwinv = require "iwinv"
::top::
iwinv.instances.reboot("INSTANCE-a1")            --! unlimited-changes
if math.random() > 0.5 then goto top end
