local function inner(vm)
    return vm.name .. nil
end
local function outer() return (inner { name = "x" }) end
print("before")
outer()
