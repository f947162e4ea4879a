-- expect: killed cpu
-- why: pcall inside pcall to the C limit
local function f() pcall(f) while true do end end f()
