-- expect: ok
-- why: __mode that is set after setmetatable must not make a table weak
-- cpu: 2000
local mt = {}
local t = setmetatable({}, mt)
mt.__mode = "kv"
for i = 1, 100 do t[i] = {} end
for i = 1, 200000 do local x = {i} end
assert(#t == 100)
return #t
