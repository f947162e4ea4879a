-- expect: killed cpu
-- why: answers in a loop
while true do answer(1, "x", {1, 2}) end
