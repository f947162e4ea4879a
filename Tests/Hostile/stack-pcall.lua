-- expect: ok
-- why: recursion through pcall ends
local function f() return pcall(f) end return (f())
