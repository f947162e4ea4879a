-- expect: ok
-- why: the cap counts the pieces of a reader
local f, e = load(function() return ("x"):rep(1000) end) assert(not f) return e
