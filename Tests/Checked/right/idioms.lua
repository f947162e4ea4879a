-- ==Script==
-- @name     right
-- @param    prefix  string  default "web-"  Names
-- @param    ids     list    default "a,b"   Ids
-- @param    rows    table   default ""      Renames
-- @needs    instances:read instances:edit instances:power
-- @limit    changes 20
-- ==/Script==
local iwinv = require "iwinv"
local inst = iwinv.instances

-- a class with methods over rows
local Fleet = {}
Fleet.__index = Fleet
function Fleet.new(prefix)
    local self = setmetatable({ rows = {}, count = 0 }, Fleet)
    for vm in inst.each { name = prefix } do self:add(vm) end
    return self
end
function Fleet:add(vm)
    self.rows[#self.rows + 1] = vm
    self.count = self.count + 1
    vm.fleet = self
end
function Fleet:names()
    local names = {}
    for i, vm in ipairs(self.rows) do names[i] = vm.name .. tostring(vm.fleet ~= nil) end
    return names
end
local fleet = Fleet.new(params.prefix)
print(table.concat(fleet:names(), ","), fleet.count, fleet.anything)

-- grouping
local by = {}
for vm in inst.each() do
    local zone = vm.zone and vm.zone.name or "?"
    local group = by[zone] or { name = zone, members = {} }
    group.members[#group.members + 1] = vm
    by[zone] = group
end
for zone, group in pairs(by) do
    print(zone, group.name, #group.members, group.members[1].name)
end

-- the same variable for several things
local x = inst.list()
print(#x)
x = #x
x = { nmae = x }
print(x.nmae)

-- optional arguments in a table that is built up
local options = {}
if params.prefix ~= "" then options.name = params.prefix end
options.status = "off"
for vm in inst.each(options) do print(vm.name) end
local copy = {}
for k, v in pairs(options) do copy[k] = v end
print(#inst.list(copy))

-- functions that take several kinds of things
local function show(thing)
    if type(thing) == "table" then print(thing.name or thing.title or thing.whatever) else print(thing) end
end
show(inst.list()[1])
show("text")
show { title = "x" }

-- callbacks
local function each(list, fn) for _, item in ipairs(list) do fn(item) end end
each(inst.list(), function(vm) print(vm.name, vm.status) end)
each({ "a", "b" }, function(s) print(s:upper()) end)

-- dispatch
local actions = { start = function(vm) vm:start() end, stop = function(vm) vm:shutdown() end }
for _, vm in ipairs(inst.list()) do
    local act = actions[vm.status == "off" and "start" or "stop"]
    if act then act(vm) end
    local verb = vm.status == "off" and "start" or "reboot"
    vm[verb](vm)
end

-- varargs
local function first(...) local a = ... return a end
print(first(inst.list()[1]).name)
local function pack(...) return { n = select("#", ...), ... } end
print(pack(1, 2).n)

-- errors
local ok, problem = pcall(inst.get, "INSTANCE-a1")
if not ok then
    if type(problem) == "table" and problem.kind == "api" then print(problem.message, problem.error_code, problem.advice) end
elseif problem.status == "off" then
    print(problem.name)
end
local good, what = pcall(function() error { code = 5 } end)
print(good, what.code)
for _, id in ipairs(params.ids) do
    local done, reason = pcall(inst.edit, id, { description = "x" })
    if not done then log.warn("not done", { id = id, reason = reason.message }) end
end
for _, row in ipairs(params.rows) do print(row.from, row.to) end
