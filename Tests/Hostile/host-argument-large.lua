-- expect: error too large
-- why: a long argument
-- memory: 64
wait(("x"):rep(5 << 20))
