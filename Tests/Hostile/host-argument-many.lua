-- expect: error too many values
-- why: a wide argument
-- memory: 64
-- cpu: 2000
local t = {} for i = 1, 300000 do t[i] = i end wait(t)
