-- expect: error loop
-- why: a table that is its own __index
local t = {} setmetatable(t, t) t.__index = t return t.x
