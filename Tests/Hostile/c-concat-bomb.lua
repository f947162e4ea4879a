-- expect: killed memory
-- why: concat doubles
local s = ("x"):rep(1000) while true do s = table.concat {s, s} end
