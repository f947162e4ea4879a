-- expect: ok
-- flags: --cpu 2s
-- why: a name is composed before it is measured
local iwinv = require "iwinv"
local t = {}
for i = 1, 400000 do t[i] = utf8.char(0x300 + (i * 7) % 60) end
local s = table.concat(t)
assert(not pcall(iwinv.instances.list, { name = s }))
assert(not pcall(iwinv.instances.get, s))
assert(not pcall(store.set, s, s))
