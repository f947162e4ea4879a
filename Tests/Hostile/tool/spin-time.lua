-- expect: killed time
-- flags: --time 500ms
-- why: wall time, with a clock that stands still while the script computes
while true do pcall(error) end
