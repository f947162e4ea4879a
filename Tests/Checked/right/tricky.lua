-- ==Script==
-- @name     tricky
-- @param    name   string   default "x"   Name
-- @needs    instances:read instances:edit storage:read
-- @limit    changes 5
-- ==/Script==
local iwinv = require "iwinv"
-- the same options for two families
local shared = { name = params.name }
print(#iwinv.instances.list(shared), pcall(iwinv.instances.edit, "INSTANCE-a", { name = "abcd" }))
local opt = {}
opt.fields = { "name", "ip", "status" }
for vm in iwinv.instances.each(opt) do print(vm.name, vm.ip, vm.status) end
local function fetch(fields)
    return iwinv.instances.list { fields = fields }
end
for _, vm in ipairs(fetch { "name", "ip" }) do print(vm.ip) end
for _, vm in ipairs(fetch { "name", "flavor" }) do print(vm.flavor) end
local vm
for _, candidate in ipairs(iwinv.instances.list()) do
    if not vm or candidate.name < vm.name then vm = candidate end
end
if vm then
    local old = vm.name
    vm:edit { description = "was " .. old }
    print(vm.description)
end
local function walk(tree, fn)
    for k, v in pairs(tree) do if type(v) == "table" then walk(v, fn) else fn(k, v) end end
end
walk({ a = { b = 1 }, c = "x" }, function(k, v) print(k, v) end)
local state = { phase = "start" }
local phases = {
    start = function(s) s.phase = "work" s.server = iwinv.instances.list()[1] end,
    work = function(s) print(s.server.name, s.later) s.phase = "done" end,
}
while state.phase ~= "done" do phases[state.phase](state) end
local volumes = iwinv.storage.list()
local attached, free = {}, {}
for _, v in ipairs(volumes) do
    local list = v.instance_id and attached or free
    list[#list + 1] = v
end
print(#attached, #free, free[1] and free[1].size, attached[1] and attached[1].block_storage_id)
local ok, answer = pcall(function() return iwinv.storage.list()[1] end)
if ok and answer then print(answer.size) elseif not ok then print(answer.kind, answer.message) end
local items = { vm, "text", 5, { name = "own", extra = true } }
for _, item in ipairs(items) do print(type(item) == "table" and (item.extra or item.name) or item) end
local proxy = setmetatable({}, { __index = vm })
print(proxy.name, proxy.whatever)
local names = task.map(iwinv.instances.list(), function(s) return { id = s.instance_id, n = s.name } end)
for _, n in ipairs(names) do print(n.id, n.n) end
local sum = 0
for _, b in ipairs(iwinv.storage.list()) do sum = sum + (b.size or 0) end
print(("%d GB"):format(sum):upper():len())
local window = time.window("SUN 04:00-06:00")
if not window.open then print(window.changes_in and time.duration(window.changes_in)) end
local result = select(2, pcall(iwinv.instances.get, "INSTANCE-a1"))
print(result.message or result.name)
local counts = {}
for s in iwinv.instances.each() do counts[s.status] = (counts[s.status] or 0) + 1 end
print(counts.active, counts.building, counts["off"])
local lines = text.split("a\nb", "\n")
table.sort(lines, function(a, b) return a:len() < b:len() end)
print(lines[1]:upper())
local done = false
repeat
    local again = iwinv.instances.get("INSTANCE-a1")
    done = again.status == "active"
    if not done then time.sleep("5s") end
until done
local first <const> = iwinv.instances.list({ name = "a" })[1] or { name = "none", custom = 1 }
print(first.name, first.custom)
local iter, s, c = ipairs(iwinv.instances.list())
for _, x in iter, s, c do print(x.name) end
local copy = { table.unpack(iwinv.instances.list()) }
print(copy[1].name, #copy)
local v2 = iwinv.instances.get("INSTANCE-a1")
local key = "name"
print(v2[key], rawget(v2, "zzz"))
for k in pairs(v2) do print(k) end
return { total = sum, servers = names }
