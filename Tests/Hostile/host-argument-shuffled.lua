-- expect: killed cpu
-- why: a list out of order is walked twice
local t = {} for i = 1000, 1, -1 do t[i] = i end t[1] = nil t[1] = 1 while true do answer({[2] = 2, [1] = 1}, t) end
