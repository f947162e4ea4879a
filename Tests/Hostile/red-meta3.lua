-- expect: killed cpu
-- why: errors that replace errors in __close
local t=setmetatable({},{__close=function() error(setmetatable({},{__tostring=function() while true do end end})) end}) local function f() local x<close> =t return f() end pcall(f) local co=coroutine.create(function() local a<close> =t local b<close> =t coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co)) error(setmetatable({},{__index=function() while true do end end}))
