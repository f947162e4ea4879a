-- expect: killed cpu
-- why: random in a loop
while true do math.random(0) end
