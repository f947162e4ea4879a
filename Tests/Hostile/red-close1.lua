-- expect: killed cpu
-- why: a tree of __close
local function mk(n) return setmetatable({},{__close=function() if n>0 then local x<close> =mk(n-1) local y<close> =mk(n-1) end end}) end local z<close> =mk(40)
