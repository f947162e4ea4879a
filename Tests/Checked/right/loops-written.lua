-- ==Script==
-- @name     loops-written
-- @needs    instances:power instances:create
-- ==/Script==
local iwinv = require "iwinv"
local COUNT <const> = 2
for i = 1, COUNT do
    for step = 3, 1, -1 do
        iwinv.instances.create {
            zone_id = "kr1_z09", image_id = "PIMAGE-1", flavor_id = "vgna_2_n", name = "node-" .. i .. "-" .. step }
    end
end
local function restart(id) iwinv.instances.reboot(id) end
for _, id in ipairs { "INSTANCE-a1", "INSTANCE-b2" } do restart(id) end
for id in pairs { ["INSTANCE-c3"] = true } do iwinv.instances.shutdown(id) end
