-- ==Script==
-- @name     loops
-- @needs    instances:read instances:power
-- ==/Script==
local iwinv = require "iwinv"
local vm = iwinv.instances.get("INSTANCE-a1")
while vm.status ~= "active" do
    vm:start()                                   --! unlimited-changes
    vm = iwinv.instances.get(vm)
end
