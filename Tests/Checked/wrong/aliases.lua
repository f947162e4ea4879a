-- ==Script==
-- @name     aliases
-- @param    prefix  string  default "web-"  Names
-- @needs    instances:read instances:edit instances:power storage:read firewall:read
-- @limit    changes 20
-- ==/Script==
local iwinv = require "iwinv"
local inst, disks = iwinv.instances, iwinv.storage
local list <const> = inst.list
local find = inst.finds                          --! unknown-operation
local each = iwinv.instances.each
for _, vm in ipairs(list { nmae = params.prefix }) do   --! unknown-argument name
    print(vm.name, find)
end
for vm in each { stauts = "off" } do             --! unknown-argument status
    vm:edit { descripton = "x" }                 --! unknown-argument description
end
for v in disks.each() do
    print(v.sise, v.zone.nam)                    --! unknown-field size ;; unknown-field name
end
local fw = iwinv.firewall
local rules = fw.rules
for _, wall in ipairs(fw.list()) do
    for _, rule in ipairs(rules.list(wall)) do
        print(rule.prot)                         --! unknown-field protocol
        print(rule.protcol == "TCP", rule.bound == "INN")   --! unknown-field protocol ;; wrong-comparison IN
    end
    print(wall.titel)                            --! unknown-field title
end
local start = inst.start
for vm in each { status = "off" } do
    start(vm.instance_id)
    start(vm, { force = true })                  --! unknown-argument
end
print(require("iwinv").zones.lst())              --! unknown-operation list
