-- expect: ok
-- why: 1e64c139: nested coroutine.close overflows the C stack
local coro
for i = 1, 3000 do
    local previous = coro
    coro = coroutine.create(function()
        local x <close> = setmetatable({}, {__close = function() if previous then coroutine.close(previous) end end})
        coroutine.yield()
    end)
    coroutine.resume(coro)
end
coroutine.close(coro)
return 1
