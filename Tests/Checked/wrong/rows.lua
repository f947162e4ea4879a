-- ==Script==
-- @name     rows
-- @needs    instances:read instances:edit
-- @limit    changes 5
-- ==/Script==
local iwinv = require "iwinv"
local byname = {}
for vm in iwinv.instances.each { fields = { "name", "ip", "statuss" } } do   --! wrong-argument status
    byname[vm.name] = vm
end
for vm in iwinv.instances.each { fields = { "name", "ip" } } do
    print(vm.status)                             --! unread-field
    for _, address in ipairs(vm.ip or {}) do
        print(address.public.adress)             --! unknown-field address
    end
    print(vm.ip[1].privat)                       --! unknown-field private
    if vm.status == "off" or vm.name == "x" then print "off" end   --! unread-field
end
local vm = iwinv.instances.get("INSTANCE-a1")
vm.name = "web-1"                                --! row-assignment
if vm.status == "running" or vm.status == "stopped" then   --! wrong-comparison ;; wrong-comparison
    print(vm["nmae"])                            --! unknown-field name
end
if not (vm.status == "offf") then print(1) end   --! wrong-comparison off
local ok = "actve" == vm.status                  --! wrong-comparison active
local edited = vm:edit { name = "abcd" }
print(edited.naem, ok)                           --! unknown-field name
local made = vm:wait("active", "5m")
print(made.stat)                                 --! unknown-field status
local rows = iwinv.instances.list()
print(rows.zone_id)                              --! unknown-field
print(rows:wait("active"))                     --! colon
for k, row in pairs(rows) do print(k, row.nmae) end   --! unknown-field name
for _, z in ipairs(iwinv.zones.list()) do print(z.zone_nam) end   --! unknown-field zone_name
for _, f in ipairs(iwinv.flavors.list()) do print(f.vcpus) end   --! unknown-field
