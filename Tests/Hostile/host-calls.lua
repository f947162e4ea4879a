-- expect: killed calls
-- why: more calls than allowed
while true do pcall(wait) end
