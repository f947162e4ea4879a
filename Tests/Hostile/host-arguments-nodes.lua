-- expect: killed memory
-- why: small tables are large for the host
-- memory: 32
-- cpu: 5000
local t = {} for i = 1, 20000 do t[i] = {a = 1} end for i = 1, 500 do task.spawn(hang, t) end
