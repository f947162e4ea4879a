-- expect: killed calls
-- cpu: 2000
-- why: more calls than allowed
while true do pcall(wait) end
