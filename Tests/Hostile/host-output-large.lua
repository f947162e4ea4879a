-- expect: killed output
-- why: one large line
pcall(print, ("x"):rep(4 << 20))
