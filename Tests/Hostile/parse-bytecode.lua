-- expect: ok
-- why: bytecode is refused however it comes
local b = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\8\8"
assert(not load(b)) assert(not load(b, "x", "bt")) assert(not load(b, "x", "b"))
local given assert(not load(function() if given then return nil end given = true return b end))
assert(not load(function() if given == 2 then return nil end given = 2 return "\27" end, "x", "bt"))
assert(string.dump == nil)
return 1
