-- expect: ok
-- flags: --cpu 4s
-- why: the path of each element begins with a key of megabytes
local list = {}
for i = 1, 60000 do list[i] = true end
assert(#json.encode { [("k"):rep(3000000)] = list } > 3000000)
