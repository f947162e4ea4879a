-- expect: killed memory
-- why: the separator counts
return (""):rep(1 << 20, ("x"):rep(1000))
