-- expect: ok
-- why: the handler of a stack overflow has little stack
local function f() return 1 + f() end return (xpcall(f, function(m) local function g() return 1 + g() end pcall(g) return m end))
