-- expect: error too long
-- why: a format of 20 MB takes half a second
-- memory: 64
return string.packsize((' '):rep(20 << 20))
