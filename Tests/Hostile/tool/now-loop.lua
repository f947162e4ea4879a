-- expect: killed cpu
-- flags: --cpu 500ms
-- why: questions that are answered at once
while true do pcall(time.now) end
