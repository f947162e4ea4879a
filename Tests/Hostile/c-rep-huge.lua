-- expect: error resulting string too large
-- why: longer than any string
return ("x"):rep(math.maxinteger)
