-- expect: ok
-- why: what is to be closed is closed when a task fails, and may wait for the host there
local closed = {}
local t = task.spawn(function()
    local x <close> = setmetatable({}, {__close = function(_, e) closed[#closed + 1] = wait(e) end})
    error("gone", 0)
end)
local ok, e = pcall(t.wait, t)
assert(not ok and e == "gone" and closed[1] == "gone")
return closed
