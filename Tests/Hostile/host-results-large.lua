-- expect: error too large
-- why: the same for results
-- memory: 64
local s, t = ("x"):rep(1 << 20), {} for i = 1, 1000 do t[i] = s end return table.unpack(t)
