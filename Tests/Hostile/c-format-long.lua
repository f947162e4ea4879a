-- expect: error too long
-- why: a format of 40 MB takes a second
-- memory: 64
return (("%d"):rep(1 << 20)):format(1)
