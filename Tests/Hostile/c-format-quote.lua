-- expect: error %q
-- why: %q writes byte by byte
-- memory: 64
return ("%q"):format(("\0"):rep(10 << 20))
