-- ==Script==
-- @name     constants
-- @needs    instances:read instances:edit instances:create storage:create firewall:edit
-- @limit    changes 3
-- ==/Script==
local iwinv = require "iwinv"
local STATE <const> = "activ"
local options = { nmae = "web-" }                --! unknown-argument name
local filter = { status = "of" }                 --! wrong-argument off
for vm in iwinv.instances.each(options) do
    if vm.status ~= STATE then                   --! wrong-comparison active
        vm:wait(STATE)                           --! wrong-argument active
    end
end
print(#iwinv.instances.list(filter))
local size = 15
iwinv.storage.create { instance_id = "INSTANCE-a1b2c3", type = "ssd", size = size }   --! wrong-argument
iwinv.instances.create { zone_id = "kr1_z09", image_id = "PIMAGE-1", flavor_id = "vgna_2_n", cuont = 2 }   --! unknown-argument count
iwinv.instances.create {                         --! missing-argument
    zone_id = "kr1_z09", image_id = "PIMAGE-1" }
iwinv.firewall.rules.add("FIREWALL-a1", { bound = "INBOUND", protocol = "TCP", port = "80", ip = "192.0.2.0/24", title = "x" })   --! wrong-argument
iwinv.firewall.rules.add("FIREWALL-a1", { bound = "IN", protocol = "ICMP", port = "80", ip = "192.0.2.0/24", title = "x" })   --! wrong-argument
iwinv.firewall.rules.add("FIREWALL-a1", { bound = "IN", protocol = "TCP", port = "80", ip = "192.0.2.0", title = "x" })   --! wrong-argument
iwinv.firewall.rules.add("FIREWALL-a1", { bound = "IN", protocol = "TCP", ports = "80", ip = "192.0.2.0/24", title = "x" })   --! unknown-argument port ;; missing-argument
iwinv.instances.edit("INSTANCE-a1", { name = 5 })  --! wrong-argument
iwinv.instances.list { min_memory = "2G" }       --! wrong-argument
iwinv.instances.list { max_vcpu = -1 }           --! wrong-argument
print(iwinv.check("instances.edit", { instance_id = "INSTANCE-a1", nmae = "x" }))   --! unknown-argument name
