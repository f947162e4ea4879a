-- expect: error too large
-- jailed: killed memory
-- why: the same for a call that is answered in place
-- memory: 64
local s, t = ("x"):rep(1 << 20), {} for i = 1, 1000 do t[i] = s end answer(table.unpack(t))
