-- ==Script==
-- @name     loops
-- @needs    instances:power
-- ==/Script==
local iwinv = require "iwinv"
for _, id in ipairs { "INSTANCE-a1", ... } do
    iwinv.instances.reboot(id)                   --! unlimited-changes
end
