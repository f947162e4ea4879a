-- expect: ok
-- why: a coroutine that resumes and closes itself
local co co = coroutine.create(function() return coroutine.resume(co), pcall(coroutine.close, co) end) return select(2, coroutine.resume(co))
