-- expect: ok
-- why: a __name of megabytes in messages
-- memory: 16
local t = setmetatable({}, {__name = ("x"):rep(1 << 20)}) local ok, e = pcall(string.rep, t) return #tostring(t) < 100
