-- expect: killed memory
-- why: errors that double
local function f(n) if n==0 then error(("e"):rep(1e6)) end local ok,e=pcall(f,n-1) error(e..e) end f(10)
