-- expect: killed cpu
-- why: tail calls through a table
local t = {} function t.a() return t.b() end function t.b() return t.a() end t.a()
