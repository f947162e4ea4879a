-- expect: killed cpu
-- why: table.concat in a loop
-- memory: 32
local t = {} for i = 1, 100000 do t[i] = i end while true do table.concat(t, ",") end
