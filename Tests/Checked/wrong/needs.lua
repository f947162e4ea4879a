-- ==Script==
-- @name     needs
-- @needs    instances:read instances:destroy storage:edit firewall:read
-- ==/Script==
--!3 unused-need ;; unused-need ;; unused-need
local iwinv = require "iwinv"
local vm = iwinv.instances.list { name = "x" }[1]
if vm then
    vm:edit { name = "abcd" }                    --! missing-need instances:edit
    vm:shutdown()                                --! missing-need instances:power
    vm:resize { flavor_id = "vgna_4_n" }         --! missing-need instances:create
end
iwinv.bill.live()
ui.show_secret(iwinv.instances.console("INSTANCE-a1"))   --! missing-need
local detach = iwinv.firewall.detach             --! missing-need firewall:edit
detach("FIREWALL-a", "INSTANCE-a")
