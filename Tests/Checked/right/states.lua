-- ==Script==
-- @name     states
-- @needs    instances:read storage:read
-- ==/Script==
local iwinv = require "iwinv"
local busy = { building = true, work = true }
for vm in iwinv.instances.each() do
    if vm.status == "building" or vm.status == "deleting" or busy[vm.status] then print(vm.name) end
    local s = vm.status
    if s ~= "active" and s ~= "off" then print(s) end
end
for v in iwinv.storage.each() do if v.status == "deleting" or v.type == "ssd" or v.type == "nvme" then print(v.name) end end
for _, wall in ipairs(iwinv.firewall.list()) do if wall.icmp == "Y" then print(wall.title) end end
local total = { servers = 0, off = 0 }
local function count(vm, into)
    into.servers = into.servers + 1
    if vm.status == "off" then into.off = into.off + 1 end
end
for vm in iwinv.instances.each() do count(vm, total) end
log.info("counted", total)
local lines = {}
for key, n in pairs(total) do lines[#lines + 1] = key .. "=" .. n end
print(table.concat(lines, " "))
local function find(name)
    for _, vm in ipairs(iwinv.instances.list { name = name }) do
        if vm.name == name then return vm end
    end
    return nil, "no server " .. name
end
local vm, why = find "web-01"
if not vm then fail(why) end
print(vm.name)
local rows = {}
for _, each in ipairs { "web-", "db-" } do
    for _, server in ipairs(iwinv.instances.list { name = each }) do
        rows[#rows + 1] = { name = server.name, kind = each, server = server }
    end
end
ui.table(rows, { "name", "kind", "server.status", { "Zone", function(r) return r.server.zone and r.server.zone.name or "-" end } })
local queue = { table.unpack(iwinv.instances.list()) }
while true do
    local one = table.remove(queue, 1)
    if not one then break end
    print(one.name)
end
local by_id = {}
for server in iwinv.instances.each() do by_id[server.instance_id] = server end
for id, server in pairs(by_id) do print(id, server.name) end
local text_of = tostring
print(text_of(5):len(), (("a"):rep(3)):upper())
local config = json.decode('{"servers": [{"name": "x"}]}')
for _, s in ipairs(config.servers) do print(s.name, s.extra) end
