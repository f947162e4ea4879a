-- ==Script==
-- @name     loops
-- @needs    instances:read instances:power
-- ==/Script==
local iwinv = require "iwinv"
local function inner(vm) vm:reboot() end         --! unlimited-changes
local function outer(vm) inner(vm) end
for vm in iwinv.instances.each() do
    outer(vm)
end
