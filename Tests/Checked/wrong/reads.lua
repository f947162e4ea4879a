-- ==Script==
-- @name     loopforms
-- @needs    instances:read
-- ==/Script==
local iwinv = require "iwinv"
for vm in iwinv.instances.list() do print(vm) end   --! wrong-loop
for _, vm in ipairs(iwinv.instances.each()) do print(vm) end   --! wrong-loop
for i, vm in iwinv.instances.each() do print(i, vm) end   --! wrong-loop
local each = iwinv.instances.each
for vm in each do print(vm) end                  --! wrong-loop
local all = iwinv.instances.list()
for vm in all do print(vm) end                   --! wrong-loop
for vm in pairs(all) do print(vm.name) end       --! unknown-field
for vm in iwinv.instances.each { stream = true, nmae = "x" } do print(vm) end   --! unknown-argument name
print(iwinv.instances.each { name = "x" }[1])    --! wrong-loop
print(#iwinv.instances.each())                   --! wrong-loop
iwinv.instances.wait(all, "activ", "10m")        --! wrong-argument active
iwinv.instances.wait(all, "active", "10 m")      --! wrong-argument
iwinv.instances.wait_all(all, { "active" })      --! wrong-argument
time.sleep("10m30")                              --! wrong-argument
time.sleep(-5)                                   --! wrong-argument
