-- expect: killed cpu
-- why: coroutines whose __close loops, closed
local cos={} for i=1,3000 do local co=coroutine.create(function() local x<close> =setmetatable({},{__close=function() while true do end end}) coroutine.yield() end) coroutine.resume(co) cos[i]=co end for _,co in ipairs(cos) do coroutine.close(co) end
