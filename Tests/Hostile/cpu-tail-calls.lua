-- expect: killed cpu
-- why: tail calls use no stack
local function f() return f() end f()
