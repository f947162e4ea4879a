-- expect: error more than 1000 fields
-- why: the same with brackets
assert(load("local a, b = ... return a" .. ("[b+0]"):rep(12000)))
