-- expect: ok
-- why: recursion through load
local function f() return load(f) end return (pcall(f))
