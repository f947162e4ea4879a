-- expect: killed time
-- flags: --time 500ms --clock real
-- why: sleeps that end at once
while true do pcall(time.sleep, 0.001) end
