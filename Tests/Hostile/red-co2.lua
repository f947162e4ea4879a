-- expect: killed cpu
-- why: a coroutine that resumes and closes itself
local co co=coroutine.create(function() pcall(coroutine.resume,co) pcall(coroutine.close,co) print(coroutine.status(co)) while true do coroutine.yield(coroutine.running()) end end) while true do coroutine.resume(co,co) end
