-- expect: ok
-- why: infinite recursion of coroutines ends at the C limit
local function a() coroutine.wrap(a)() end return pcall(a)
