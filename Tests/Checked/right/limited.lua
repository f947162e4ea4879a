-- ==Script==
-- @name     loops
-- @needs    instances:read instances:power instances:edit max=5
-- @limit    changes 3
-- ==/Script==
local iwinv = require "iwinv"
for i, vm in ipairs(iwinv.instances.list()) do
    if i > 3 then break end
    if vm.status ~= "active" then goto continue end
    vm:reboot()
    vm:wait("active", "10m")
    ::continue::
end
local pending = iwinv.instances.list { status = "pending" }
while #pending > 0 do
    local vm = table.remove(pending, 1)
    print(vm.name)
    time.sleep("1s")
end
iwinv.instances.wait(iwinv.instances.list(), "active", "10m")
local vm = iwinv.instances.get("INSTANCE-a1", { fields = { "name", "status", "ip" } })
if vm.ip then
    for _, address in ipairs(vm.ip or {}) do
        if address.public and address.public.attached then print(address.public.address) end
    end
end
vm = vm:edit { description = "x" }
print(vm.description)
