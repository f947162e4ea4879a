-- ==Script==
-- @name     loops
-- @needs    instances:create
-- @limit    time 10m
-- ==/Script==
local iwinv = require "iwinv"
for i = 1, #iwinv.zones.list() do
    iwinv.instances.create { zone_id = "kr1_z09", image_id = "PIMAGE-1", flavor_id = "vgna_2_n", name = "node-" .. i }   --! unlimited-changes
end
