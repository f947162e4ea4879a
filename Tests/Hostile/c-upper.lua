-- expect: killed cpu
-- why: a thousand instructions of upper are seconds
local s = ("x"):rep(1 << 20) while true do s:upper() end
