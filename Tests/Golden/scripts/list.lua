for _, vm in ipairs(require("iwinv").instances.list { name = "web-" }) do print(vm.name, vm.status) end
