-- ==Script==
-- @param  name  string  default "web-"
-- @needs  instances:read
-- ==/Script==
local iwinv = require "iwinv"
for vm in iwinv.instances.each { nmae = params.naem } do
    vm:edit { name = "x" }
    print(vm.nmae, undefined)
end
os.exit(1)
