-- expect: error contains itself
-- why: a cycle in an argument
local t = {} t.t = t wait(t)
