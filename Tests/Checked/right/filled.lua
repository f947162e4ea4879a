-- ==Script==
-- @name     filled
-- @param    state   string   default "off"   State
-- @param    sizes   string   default "20,30"   Sizes
-- @needs    instances:read instances:create firewall:edit
-- @limit    changes 5
-- ==/Script==
local iwinv = require "iwinv"
-- lists that begin empty
local query = { fields = {} }
query.fields[#query.fields + 1] = "name"
for vm in iwinv.instances.each(query) do print(vm.name) end
local wide = { fields = {} }
for _, name in ipairs { "name", "ip" } do table.insert(wide.fields, name) end
for _, vm in ipairs(iwinv.instances.list(wide)) do print(vm.ip) end
local more = { fields = { "name" } }
more.fields[2] = "ip"
print(iwinv.instances.list(more)[1].ip)
local fewer = { fields = { "name", "adress" } }
table.remove(fewer.fields)
print(#iwinv.instances.list(fewer))
local spec = { zone_id = "kr1_z09", image_id = "PIMAGE-1", flavor_id = "vgna_2_n", block_storage = {} }
for _, size in ipairs(text.split(params.sizes, ",")) do
    spec.block_storage[#spec.block_storage + 1] = { size = tonumber(size) }
end
iwinv.instances.create(spec)
local disk = { zone_id = "kr1_z09", image_id = "PIMAGE-1", flavor_id = "vgna_2_n", block_storage = { { size = 15 } } }
disk.block_storage[1].size = 20
iwinv.instances.create(disk)
-- values that are replaced
local least = { min_vcpu = "2" }
least.min_vcpu = tonumber(least.min_vcpu)
print(#iwinv.instances.list(least))
local chosen = { status = "none" }
chosen.status = params.state
print(#iwinv.instances.list(chosen))
local any = { status = "none" }
any.status = nil
print(#iwinv.instances.list(any))
local open = { status = "none" }
for key, value in pairs { status = "off" } do open[key] = value end
print(#iwinv.instances.list(open))
local rule = { fw = "FIREWALL-a1", bound = "in", protocol = "TCP", port = "80", ip = "192.0.2.0/24", title = "web" }
local wall = rule.fw
rule.fw = nil
rule.bound = rule.bound:upper()
iwinv.firewall.rules.add(wall, rule)
local own = { firewall_id = "FIREWALL-a1", bound = "IN", protocol = "TCP", port = "81", ip = "192.0.2.0/24", title = "b" }
wall, own.firewall_id = own.firewall_id, nil
iwinv.firewall.rules.add(wall, own)
