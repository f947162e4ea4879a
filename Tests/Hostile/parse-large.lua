-- expect: ok
-- why: text over the cap is refused
local f, e = load(("x"):rep(70000)) return f, e
