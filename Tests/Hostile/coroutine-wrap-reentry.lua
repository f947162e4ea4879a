-- expect: error cannot resume non-suspended coroutine
-- why: wrap that calls itself
local f f = coroutine.wrap(function() f() end) f()
