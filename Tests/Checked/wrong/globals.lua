-- ==Script==
-- @name     globals
-- @param    prefix  string  default "web-"  Names
-- @needs    instances:read
-- ==/Script==
local iwinv = require "iwinv"
local total = 0
for vm in iwinv.instances.each { name = params.perfix } do   --! unknown-param prefix
    totl = total + 1                             --! global-assignment total
    print(vm.name, toatl)                        --! undefined-global total
end
local function report()
    helper(total)                                --! undefined-global
end
local function helper(n) print(n) end
report()
helper(1)
if total > 0 then
    local message = "some"
    print(message)
end
print(mesage)                                    --! undefined-global
function cleanup() total = 0 end                 --! global-assignment
cleanup()
for i = 1, 3 do count = i end                    --! global-assignment
print(count, string.fromat("%d", 1))             --! unknown-function string.format
print(tostrng(1), table.conct({}), math.flor(1)) --! undefined-global tostring ;; unknown-function table.concat ;; unknown-function math.floor
print(1)
print(params.prefix)
if total == 0 then
    locl x = 1                                   --! syntax
end
