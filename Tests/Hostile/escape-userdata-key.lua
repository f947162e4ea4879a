-- expect: ok
-- why: a task as a key, compared, concatenated
local t = {} local k = task.spawn(print) t[k] = 1 k:wait() assert(t[k] == 1 and not pcall(function() return k .. "" end) and not pcall(function() return k < k end)) return 1
