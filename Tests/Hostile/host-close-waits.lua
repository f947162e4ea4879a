-- expect: ok
-- why: a host call in a __close handler that runs in coroutine.close
local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() wait() end}) coroutine.yield() end) coroutine.resume(co) return coroutine.close(co)
