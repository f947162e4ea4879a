-- expect: error C stack overflow
-- why: recursion through sort
local function f() table.sort({1, 2}, f) end f()
