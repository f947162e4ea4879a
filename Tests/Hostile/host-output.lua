-- expect: killed output
-- why: a flood of output
while true do pcall(print, ("x"):rep(1000)) end
