-- ==Script==
-- @name x
-- ==/Script==
local iwinv = require "iwinv"
-- memoize, recursion, closures, coroutines
local function memo(f)
    local known = {}
    return function(x)
        local v = known[x]
        if v == nil then v = f(x) known[x] = v end
        return v
    end
end
local zone = memo(function(id)
    for _, z in ipairs(iwinv.zones.list()) do if z.zone_id == id then return z end end
end)
print(zone("a").zone_name, zone("b"))
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(5))
local even, odd
function even(n) return n == 0 or odd(n - 1) end
function odd(n) return n ~= 0 and even(n - 1) end
print(even(4))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield({ name = i, extra = 1 }) end end)
for item in gen do print(item.name, item.extra) end
local q = { first = 1, last = 0 }
function q.push(v) q.last = q.last + 1 q[q.last] = v end
function q.pop() local v = q[q.first] q[q.first] = nil q.first = q.first + 1 return v end
q.push { name = "a" }
q.push "b"
print(q.pop().name)
local obj = setmetatable({}, { __index = function(_, k) return k .. "!" end, __call = function(self, a) return a end })
print(obj.anything, obj(5))
local t <const> = { a = { b = { c = 1 } } }
print(t.a.b.c, t.a.x)
do
    local print = function(s) return s end
    print("x")
end
local s = "x"
s = s .. 1
print(s:len(), ("%d"):format(3), #s, s:byte(1))

local function swap(a, b) return b, a end
local a, b = swap(1, "x")
print(a:upper(), b)
local list = {}
for i = 10, 1, -1 do list[#list + 1] = { n = i, name = "n" .. i } end
table.sort(list, function(l, r) return l.n < r.n end)
print(list[1].name, select("#", table.unpack(list)))
local seen = {}
for _, item in ipairs(list) do seen[item.name] = true end
print(next(seen), seen.n1)
print(type(_G.print), _VERSION, _G.nothing)
local function default(v, d) if v == nil then return d end return v end
print(default(nil, {}).x, default(iwinv.zones.list()[1], { name = "x" }).name)
local w = time.window("SUN 04:00-06:00", "UTC")
print(w.open, w.changes_in)
local tsk = task.spawn(function() return 1 end)
print(tsk:wait(), tsk:done())
local results = task.map({ 1, 2 }, function(n, i) return { n = n, i = i } end, { limit = 2 })
print(results[1].n, results[2].i)
ui.table(results, { "n", { "I", "i" }, { "both", function(r) return r.n .. r.i end } })
ui.bars({ { "a", 1 }, { "b", 2 } })
ui.bars({ { k = "a", v = 1 } }, { label = "k", value = function(r) return r.v end, unit = "x" })
print(json.encode({ a = 1 }, { pretty = true }), json.decode("[1]")[1], json.decode('{"a":{"b":1}}').a.b)
store.set("k", { n = 1 })
print(store.get("k", { n = 0 }).n)
local n = iwinv.retry(function() return #iwinv.flavors.list() end, { times = 3, pause = "1s" })
print(n)
