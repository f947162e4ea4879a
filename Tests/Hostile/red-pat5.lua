-- expect: killed cpu
-- why: a long text that is nearly found
local s=("ab"):rep(3000000) return s:find(("ab"):rep(1000000).."x",1,true), s:find(("ab"):rep(1000000).."x")
