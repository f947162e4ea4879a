-- expect: killed cpu
-- why: the running coroutine is eight deep
local function nest(n) if n == 0 then while true do end end coroutine.wrap(nest)(n - 1) end nest(8)
