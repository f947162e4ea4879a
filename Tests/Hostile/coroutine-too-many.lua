-- expect: error too many coroutines
-- why: a bound on coroutines
-- memory: 64
local t = {} while true do t[#t + 1] = coroutine.create(print) end
