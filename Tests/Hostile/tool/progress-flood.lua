-- expect: killed cpu
-- flags: --cpu 500ms
-- why: progress that is done, again and again, with a text of a megabyte
local s = ("x"):rep(1000000)
while true do ui.progress(1, 1, s) end
