-- expect: killed memory
-- cpu: 5000
-- why: a hash of strings
local t = {} for i = 1, 1e9 do t["k" .. i] = i end
