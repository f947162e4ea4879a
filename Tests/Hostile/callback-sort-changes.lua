-- expect: ok
-- why: a comparator that empties the table
-- cpu: 2000
local t = {} for i = 1, 1000 do t[i] = 1000 - i end table.sort(t, function(a, b) for k in pairs(t) do t[k] = nil end return a < b end) return 1
