-- expect: ok
-- why: __gc that is set after setmetatable never runs
-- cpu: 2000
local ran, mt = false, {}
for i = 1, 100 do setmetatable({}, mt) end
mt.__gc = function() ran = true end
assert(not pcall(setmetatable, {}, mt))
for i = 1, 200000 do local x = {i} end
return ran
