-- expect: ok
-- why: environments of loaded chunks are what was asked for
local f = load("x = 1 return _ENV", "c", "t", {}) local env = f() assert(env ~= _G and env.x == 1 and x == nil) local g = load("return _ENV") assert(g() == _G) return 1
