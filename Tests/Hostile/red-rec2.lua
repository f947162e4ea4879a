-- expect: killed cpu
-- why: handlers that fail, and recursion
local function h(e) error(e) end local function f() xpcall(error,h) f() f() end f()
