-- expect: killed memory
-- why: a deep stack in each coroutine
local t = {} local function deep(n) if n == 0 then coroutine.yield() return 0 end return 1 + deep(n - 1) end while true do local co = coroutine.wrap(deep) co(1000) t[#t + 1] = co end
