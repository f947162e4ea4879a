-- expect: killed output
-- why: one line with fields of megabytes
local t = {}
for i = 1, 60000 do t[i] = true end
while true do pcall(log.info, "x", { [("k"):rep(900000)] = t }) end
