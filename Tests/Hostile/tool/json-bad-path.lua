-- expect: error argument 1
-- flags: --cpu 4s
-- why: an error whose path is longer than the value
local v = "\xff"
for i = 1, 30 do v = { [("k"):rep(100000)] = v } end
local ok, e = pcall(json.encode, v)
assert(not ok and #tostring(e) < 10000, #tostring(e))
json.encode(1 / 0)
