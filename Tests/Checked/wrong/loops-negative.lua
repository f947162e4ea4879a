-- ==Script==
-- @name     loops
-- @needs    instances:power
-- ==/Script==
local iwinv = require "iwinv"
local count = #iwinv.zones.list()
for _ = -count, -1 do
    iwinv.instances.reboot("INSTANCE-a1")        --! unlimited-changes
end
