-- expect: killed output
-- why: lines without end
while true do pcall(log.info, "x", { a = 1 }) end
