-- expect: error more than 1000 fields
-- why: the same with comments between
assert(load("local a = ... return a" .. (".y--\n"):rep(6000)))
