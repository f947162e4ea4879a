-- ==Script==
-- @name     tasks
-- @needs    instances:read instances:power
-- ==/Script==
local iwinv = require "iwinv"
local vms = iwinv.instances.list { status = "active" }
task.map(vms, function(vm)
    vm:reboot()                                  --! unlimited-changes
    vm:wait("activ", "5m")                       --! wrong-argument active
    vm:wait("active", "5 minuts")                --! wrong-argument
    return vm.nam                                --! unknown-field name
end, { limt = 2 })                               --! unknown-argument limit
local function job(vm)
    print(vm.staus)                              --! unknown-field status
end
task.map(vms, job, { limit = "two" })            --! wrong-argument
local t = task.spawn(function() vms[1]:reboot() end)
t:wiat()                                         --! unknown-function wait
task.mapp(vms, job)                              --! unknown-function task.map
iwinv.retry(function() return 1 end, { tims = 3 })        --! unknown-argument times
iwinv.retry(function() return 1 end, { pause = "5x" })    --! wrong-argument
task.all { function() vms[1]:reboott() end }     --! unknown-operation reboot
