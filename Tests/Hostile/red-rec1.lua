-- expect: killed cpu
-- why: pcall and xpcall of itself
local function f() local ok,e=pcall(f) local ok2,e2=xpcall(f,f) return f() end f()
