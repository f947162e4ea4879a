-- expect: ok
-- why: recursion through __close
local function f() local x <close> = setmetatable({}, {__close = f}) end return (pcall(f))
