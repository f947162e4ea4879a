-- ==Script==
-- @name     once
-- @needs    instances:read instances:power storage:edit storage:read firewall:edit firewall:read
-- ==/Script==
local iwinv = require "iwinv"
-- changes that are not in a loop need no limit
local vm = iwinv.instances.list { name = "x" }[1]
if not vm then fail("no server") end
vm:reboot()
local volume = iwinv.storage.list()[1]
if volume then
    iwinv.storage.detach(volume)
    volume:attach(vm)
    iwinv.storage.attach(volume.block_storage_id, vm.instance_id)
end
local wall = iwinv.firewall.list()[1]
wall:attach(vm)
iwinv.firewall.detach(wall, vm)
iwinv.firewall.rules.add(wall, { bound = "IN", protocol = "TCP", port = "80", ip = "0.0.0.0/0", title = "http" })
local rule = iwinv.firewall.rules.list(wall)[1]
if rule and rule.bound == "IN" and rule.protocol == "TCP" then rule:edit { port = "443" } rule:remove() end
-- a callback defined in a loop of reads
for z in iwinv.zones.each() do
    local f = function() return z.zone_name end
    print(f())
end
local names = {}
for candidate in iwinv.instances.each { stream = true } do names[candidate.instance_id] = candidate end
local found = names[vm.instance_id]
print(found and found.name, found.status)
