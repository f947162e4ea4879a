-- expect: killed cpu
-- why: next without a traversal sorts each time
-- memory: 32
local t = {} for i = 1, 20000 do t["k" .. i] = i end while true do next(t, "k500") end
