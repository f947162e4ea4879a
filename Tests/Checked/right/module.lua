-- ==Script==
-- @name x
-- ==/Script==
local iwinv = require "iwinv"
local M = {}
M.version = 1
M.defaults = { pause = "5s", limit = 3 }
function M.run(opts)
    opts = opts or {}
    local pause = opts.pause or M.defaults.pause
    time.sleep(pause)
    return opts.name, M.defaults.limit
end
function M:again(...) return self.run(...) end
M.alias = M.run
local handlers = { M.run, M.alias, function(o) return o and o.name end }
for _, h in ipairs(handlers) do print(h { name = "x", pause = "1s" }) end
print(M:again { name = "y" })
local cache = setmetatable({}, { __index = function(t, k) local v = { id = k } rawset(t, k, v) return v end })
print(cache.foo.id)
local parts = text.split("a,b", ",")
for i, p in ipairs(parts) do print(i, p:upper(), text.len(p)) end
print(parts[1]:rep(2))
local matrix = { { 1, 2 }, { 3, 4 } }
for y, row in ipairs(matrix) do for xx, v in ipairs(row) do print(y, xx, v) end end
print(matrix[1][2], #matrix[2])
local either = math.random() > 0.5 and iwinv.instances or iwinv.storage
print(#either.list())
local op = { "zones", "flavors" }
for _, r in ipairs(op) do print(#iwinv[r].list()) end
local ok, err = pcall(error, { code = 1 })
print(ok, err.code)
local ok2, a, b = pcall(function() return 1, { x = 2 } end)
print(ok2, a, b.x)
local st = iwinv.instances.list()[1].status
if st == "active" or st == "off" or st == nil then print(st:upper()) end
local status = "work"
for vm in iwinv.instances.each() do
    if vm.status == status then print(vm) end
    status = vm.status
end
local name = iwinv.instances.list()[1].name
if name == "running" then print(name) end
local function maybe() if math.random() > 0.5 then return iwinv.instances.list() end return {} end
for _, vm in ipairs(maybe()) do print(vm.name) end
local bill = iwinv.bill.live()
print(bill)
for _, b2 in ipairs(iwinv.bill.list { start_date = "2026-01-01" }) do print(b2.bill_date, b2.price + b2.vat) end
return M
