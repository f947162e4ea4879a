-- expect: error too long
-- why: a number of 20 MB
-- memory: 64
return tonumber((" "):rep(20 << 20))
