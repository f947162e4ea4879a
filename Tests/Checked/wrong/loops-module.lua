-- ==Script==
-- @name     loops
-- @needs    instances:read instances:power
-- ==/Script==
local iwinv = require "iwinv"
local M = {}
function M.restart(vm)
    vm:reboot()                                  --! unlimited-changes
    print(vm.nmae)                               --! unknown-field name
end
for vm in iwinv.instances.each() do M.restart(vm) end
