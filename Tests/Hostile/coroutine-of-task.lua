-- expect: ok
-- why: the coroutine of a task is no toy
local main = coroutine.running()
local t = task.spawn(function()
    assert(not coroutine.resume(main))
    assert(not pcall(coroutine.close, main))
    assert(not pcall(coroutine.wrap(coroutine.resume), main) or true)
    return coroutine.status(main)
end)
return t:wait()
