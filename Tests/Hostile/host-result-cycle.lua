-- expect: error contains itself
-- why: a cycle in a result
local t = {} t[1] = t return t
