-- expect: killed cpu
-- flags: --cpu 500ms
-- why: values that are refused, of megabytes
local s = ("v"):rep(3900000)
for i = 1, 9999 do pcall(store.set, "k", s) end
