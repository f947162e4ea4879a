-- expect: killed cpu
-- why: quadratic plain search
local s = ("a"):rep(1 << 20) while true do s:find(("a"):rep(1 << 19) .. "b", 1, true) end
