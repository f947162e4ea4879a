-- expect: killed cpu
-- why: pairs sorts
-- memory: 32
local t = {} for i = 1, 20000 do t["k" .. i] = i end while true do for k in pairs(t) do break end end
