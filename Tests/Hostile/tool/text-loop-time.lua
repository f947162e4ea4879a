-- expect: killed time
-- flags: --time 500ms
-- why: wall time, with a clock that stands still while the script computes
local s = ("가"):rep(300000)
while true do text.len(s) end
