-- expect: killed cpu
-- why: an empty match must go on
while true do for _ in ("x"):rep(100000):gmatch("") do end end
