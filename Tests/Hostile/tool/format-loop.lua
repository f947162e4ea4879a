-- expect: killed cpu
-- flags: --cpu 500ms
-- why: formats in a loop
while true do pcall(time.format, 0, "UTC", ("EEEE"):rep(249)) end
