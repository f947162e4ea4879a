local iwinv = require "iwinv"
for vm in iwinv.instances.each() do
    if vm.status = "off" then                    --! syntax
        print(vm.nmae)                           --! unknown-field name
    end
end
local t = { 1, 2,, 3 }                           --! syntax
x += 1     --! syntax
print("a" + )                                    --! syntax
local s = "abc                                   --! syntax
if not x ~= nil then else if y then end     --! undefined-global ;; undefined-global
return                                           --! syntax