-- ==Script==
-- @needs  instances:read instances:edit
-- ==/Script==
local iwinv = require "iwinv"
for _, vm in ipairs(iwinv.instances.list { name = "web-0" }) do
    local ok, problem = pcall(vm.edit, vm, { name = "own" .. vm.name:sub(4) })
    if not ok and problem.kind ~= "api" then error(problem) end
end
