-- expect: error
-- why: byte of everything
-- memory: 64
return ("x"):rep(2000000):byte(1, -1)
