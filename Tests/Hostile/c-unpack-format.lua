-- expect: error too long
-- why: the same for unpack
-- memory: 64
return string.unpack((' '):rep(30 << 20), '')
