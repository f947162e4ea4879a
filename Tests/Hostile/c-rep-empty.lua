-- expect: ok
-- why: liblua loops 2^40 times over nothing
return #(""):rep(1 << 40), #(""):rep(math.maxinteger, "")
