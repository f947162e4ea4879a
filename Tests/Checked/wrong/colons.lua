-- ==Script==
-- @name     colons
-- @needs    instances:read instances:power
-- @limit    changes 5
-- ==/Script==
local iwinv = require "iwinv"
for vm in iwinv.instances.each() do
    vm.reboot()                                  --! colon
    vm.wait("active")                            --! colon
    print(vm:name())                             --! unknown-operation
end
iwinv.instances:list { name = "x" }              --! colon
local x = iwinv.instances.list():reboot()        --! colon
print(x)
time:sleep("5s")                                 --! colon
local s = ("abc").upper()                        --! colon
print(s, text:len("x"))                          --! colon
task:map({}, print)                              --! colon
