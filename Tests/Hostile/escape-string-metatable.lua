-- expect: ok
-- why: the metatable of strings is closed
assert(getmetatable("") == false) assert(not pcall(setmetatable, "", {})) assert(("").__index == nil and ("").__metatable == nil) return 1
