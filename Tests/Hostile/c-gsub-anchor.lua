-- expect: killed cpu
-- why: gsub over nothing
local s = ("a"):rep(1 << 20) while true do s:gsub("b*", "") end
