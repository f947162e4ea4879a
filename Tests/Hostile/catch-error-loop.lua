-- expect: killed cpu
-- why: errors all the way
while true do pcall(error, {}) end
