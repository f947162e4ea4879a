-- expect: killed cpu
-- why: next in C over and over
while true do next({}) end
