-- expect: error too many tasks
-- flags: --cpu 5s
-- why: maps in maps
local function f() return task.map({ 1, 2, 3, 4 }, f, { limit = 4 }) end
f()
