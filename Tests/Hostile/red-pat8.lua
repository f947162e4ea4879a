-- expect: killed cpu
-- why: captures that repeat
local s=("a"):rep(100000) return s:gsub("(a*)%1%1%1b","")
