-- expect: killed cpu
-- why: errors of the host in a loop
while true do pcall(refuse) end
