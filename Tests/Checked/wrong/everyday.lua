-- ==Script==
-- @name     second-wave
-- @param    limit   integer   default 3   How many
-- @param    names   list      default "a"   Names
-- @param    unused  boolean   default false  --! 
-- @needs    instances:read instances:edit instances:power storage:create firewall:read firewall:edit firewall:create
-- @limit    changes 20
-- ==/Script==
--!5 unused-param
local iwinv = require "iwinv"
local inst <const>, storage <const> = iwinv.instances, iwinv.storage
local function report(rows)
    for i, r in ipairs(rows) do
        print(i, r.naem)                                        --! unknown-field name
    end
end
report(inst.list())
local function by_zone(vms)
    local zones = {}
    for _, vm in ipairs(vms) do
        local z = vm.zone.zoneid                                --! unknown-field zone_id
        zones[z] = zones[z] or {}
        table.insert(zones[z], vm)
    end
    return zones
end
for z, list in pairs(by_zone(inst.list())) do
    for _, vm in ipairs(list) do print(z, vm.descripton) end    --! unknown-field description
end
local worker = function(vm, tries)
    for _ = 1, tries do
        local ok, why = pcall(function() vm:rebooot() end)      --! unknown-operation reboot
        if ok then return true end
        log.wran("failed", { why = why })                       --! unknown-function log.warn
    end
end
task.map(inst.list { status = "active" }, function(vm) return worker(vm, params.limt) end)   --! unknown-param limit
local targets = {}
for _, name in ipairs(params.names) do
    targets[#targets + 1] = inst.list { nam = name }[1]         --! unknown-argument name
end
for _, t in ipairs(targets) do t:wait("actve", "2m") end        --! wrong-argument active
local vol = storage.create { instance_id = targets[1].instance_id, type = "ssd", sise = 20 }   --! unknown-argument size ;; missing-argument
print(vol.blockstorage_id)                                      --! unknown-field block_storage_id
local wall = iwinv.firewall.create { title = "abc", content = "x", icmp = "yes" }   --! wrong-argument ;; wrong-argument
print(wall.firewallid)                                          --! unknown-field firewall_id
iwinv.firewall.rules.edit(wall, 5, { port = "http" })           --! wrong-argument
for _, r in ipairs(iwinv.firewall.rules.list(wall)) do
    if r.protocol == "tcp" then r:remov() end                   --! wrong-comparison TCP ;; unknown-operation remove
end
inst.edit(targets[1], { name = "a" })                           --! wrong-argument
inst.edit(targets[1].instance_id, { desc = "x" })               --! unknown-argument description
inst.reboot { instance_id = "INSTANCE-a1" }                     --! wrong-argument
inst.reboot(targets[1].instance_id, "soft")                     --! wrong-argument
inst.get("INSTANCE-a1", { fields = { "name", "ipp" } })         --! wrong-argument
inst.get()                                                      --! missing-argument
inst.list { status = { "off", "activ" } }                       --! wrong-argument
inst.list { zone_id = 5 }                                       --! wrong-argument
inst.list { name = "" }                                         --! wrong-argument
iwinv.bill.list { start_date = "2026-13-01" }                   --! wrong-argument
iwinv.bill.list { from = "2026-01-01" }                         --! unknown-argument
iwinv.flavors.get("x", { typ = "y" })                           --! unknown-argument
time.sleep("5 min")                                             --! wrong-argument
local total = 0
for _, b in ipairs(iwinv.bill.list()) do total = total + b.pric end   --! unknown-field price
print(totl)                                                     --! undefined-global total
coroutine.wrap(function() print(inst.list()[1].statsu) end)()   --! unknown-field status
local t = { run = function(self, vm) print(self, vm.nme) end }  --! unknown-field name
t:run(inst.list()[1])
t.run(t, inst.get("INSTANCE-a1"))
if #inst.list() > 0 and inst.list()[1].stats == "off" then print(1) end   --! unknown-field status
local s = inst.list()[1].status
if s == "stoped" then print(2) elseif s == "activ" then print(3) end   --! wrong-comparison ;; wrong-comparison active
local names = {}
for vm in inst.each() do names[vm.name] = vm.statuss end        --! unknown-field status
return names
