-- expect: killed cpu
-- why: each coroutine starts a new count of instructions
local function tree() for i = 1, 100 do coroutine.wrap(function() for j = 1, 50 do end tree() end)() end end while true do pcall(tree) end
