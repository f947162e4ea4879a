-- ==Script==
-- @name     loops
-- @needs    instances:power
-- ==/Script==
local iwinv = require "iwinv"
local function again(n)
    iwinv.instances.reboot("INSTANCE-a1")        --! unlimited-changes
    if n > 0 then again(n - 1) end
end
again(3)
