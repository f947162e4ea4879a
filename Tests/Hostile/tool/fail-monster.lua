-- expect: error
-- why: a message and a result of megabytes
local t = {}
for i = 1, 60000 do t[i] = ("x"):rep(50) end
fail(("m"):rep(3000000), t)
