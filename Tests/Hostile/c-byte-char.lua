-- expect: error
-- why: byte of everything
return ("x"):rep(2000000):byte(1, -1)
