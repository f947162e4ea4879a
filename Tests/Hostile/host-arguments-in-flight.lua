-- expect: killed memory
-- cpu: 5000
-- why: what the host holds for waiting tasks counts
-- memory: 64
local s = ("x"):rep(1 << 20) for i = 1, 500 do task.spawn(hang, s) end
