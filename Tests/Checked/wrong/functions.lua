-- ==Script==
-- @name     functions
-- @needs    instances:read instances:edit instances:power
-- @limit    changes 20
-- ==/Script==
local iwinv = require "iwinv"

local function servers(prefix)
    return iwinv.instances.list { name = prefix }
end

local function describe(vm)
    return vm.name .. " " .. vm.statsu           --! unknown-field status
end

local restart = function(vm)
    if vm.status == "activ" then                 --! wrong-comparison active
        vm:rebot()                               --! unknown-operation reboot
    end
end

for _, vm in ipairs(servers("web-")) do
    print(describe(vm), vm.nmae)                 --! unknown-field name
    restart(vm)
    local function nested()
        vm:edit { naem = "x" .. vm.name }        --! unknown-argument name
    end
    nested()
end

local vms = servers("db-")
table.sort(vms, function(a, b) return a.nmae < b.name end)   --! unknown-field name
for i = 1, #vms do
    print(vms[i].flavor.memry)                   --! unknown-field memory
end
local first = vms[1]
if first then print(first.descripton) end        --! unknown-field description
while #vms > 0 do
    local vm = table.remove(vms)
    print(vm.instanceid)                         --! unknown-field instance_id
end
