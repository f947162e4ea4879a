-- ==Script==
-- @name     inventory
-- @summary  A table of all servers, by zone and name
-- @param    status  string  default ""  Only servers in this state: active, off, …
-- @needs    instances:read
-- ==/Script==

local iwinv = require "iwinv"

-- Without `fields` a row has the useful keys and no secrets. Addresses must be asked for.
local rows = iwinv.instances.list {
    status = params.status ~= "" and params.status or nil,
    fields = { "name", "status", "ip", "zone", "flavor", "image" },
}

table.sort(rows, function(a, b)
    if a.zone.name ~= b.zone.name then return a.zone.name < b.zone.name end
    return a.name < b.name
end)

-- A column is a key, a path of keys, or a heading and a function.
ui.table(rows, {
    { "zone", "zone.name" },
    "name",
    "status",
    { "address", function(vm)
        local first = vm.ip and vm.ip[1]
        return first and first.public and first.public.address or "-"
    end },
    { "flavor", "flavor.flavor_id" },
    { "vcpu", "flavor.vcpu" },
    { "GB", function(vm) return vm.flavor.memory // 1024 end },
    { "image", "image.os.name" },
})

-- A count for each state, for the last line.
local states, names = {}, {}
for _, vm in ipairs(rows) do
    if not states[vm.status] then
        states[vm.status] = 0
        names[#names + 1] = vm.status
    end
    states[vm.status] = states[vm.status] + 1
end
table.sort(names)
local parts = {}
for i, name in ipairs(names) do parts[i] = states[name] .. " " .. name end
print(#rows .. " servers: " .. table.concat(parts, ", "))

return { servers = #rows, states = states }
