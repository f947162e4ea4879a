-- expect: killed cpu
-- why: %b over and over
local s = ("("):rep(1 << 18) while true do s:find("%b()") end
