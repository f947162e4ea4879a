-- expect: error text.replace: the result would have
-- why: two texts of a megabyte make one of a terabyte, in the parent
text.replace(("a"):rep(1 << 20), "a", ("b"):rep(1 << 20))
