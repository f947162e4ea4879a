-- expect: ok
-- why: a comparator that contradicts itself
local t = {} for i = 1, 1000 do t[i] = i % 7 end table.sort(t, function() return true end) table.sort(t, function(a, b) return math.random() < 0.5 end) return #t
