-- expect: error stack overflow
-- why: endless recursion
local function f() return 1 + f() end f()
