-- expect: killed cpu
-- why: chunks with constants and short circuits
local s=("local a <const> = 1 "):rep(180) s=s..("a=a or a and a;"):rep(100) while true do load(s) end
