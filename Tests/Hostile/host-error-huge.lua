-- expect: error
-- why: an error text of megabytes
-- memory: 64
error(("x"):rep(10 << 20))
