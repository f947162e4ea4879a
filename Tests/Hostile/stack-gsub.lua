-- expect: error stack overflow
-- why: recursion through gsub
local function f() ("x"):gsub("x", f) end f()
