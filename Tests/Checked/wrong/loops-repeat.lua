-- ==Script==
-- @name     loops
-- @needs    instances:power
-- ==/Script==
local iwinv = require "iwinv"
local n = 0
repeat
    n = n + 1
    local ok = pcall(iwinv.instances.reboot, "INSTANCE-a1")   --! unlimited-changes
until ok or n > 3
