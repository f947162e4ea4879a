-- ==Script==
-- @name     pcall
-- @needs    instances:read instances:edit instances:power
-- @limit    changes 5
-- ==/Script==
local iwinv = require "iwinv"
local ok, rows = pcall(iwinv.instances.list, { nmae = "x" })   --! unknown-argument name
if ok then for _, vm in ipairs(rows) do print(vm.nmae) end end   --! unknown-field name
local done, problem = pcall(function() iwinv.instances.reboot("INSTANCE-a1") end)
if not done then print(problem.knd, problem.message) end   --! unknown-field kind
for vm in iwinv.instances.each() do
    local worked, reason = pcall(vm.edit, vm, { nam = "x" })   --! unknown-argument name
    if not worked and reason.kind == "apii" then print(reason.retriable) end   --! wrong-comparison api ;; unknown-field retryable
    local sent = pcall(vm.rebot, vm)             --! unknown-field reboot
    print(sent)
    xpcall(function() vm:rebott() end, function(e) return e end)   --! unknown-operation reboot
end
