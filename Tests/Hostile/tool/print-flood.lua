-- expect: killed output
-- flags: --cpu 60s
-- why: empty lines
while true do print("") end
