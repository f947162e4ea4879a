-- expect: killed cpu
-- why: %f at every letter
local s = ("a"):rep(1 << 18) while true do s:find("%f[" .. ("b"):rep(1 << 12) .. "]") end
