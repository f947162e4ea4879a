-- expect: error too large
-- why: many arguments that share a string: gigabytes for the host
-- memory: 64
local s, t = ("x"):rep(1 << 20), {} for i = 1, 1000 do t[i] = s end wait(table.unpack(t))
