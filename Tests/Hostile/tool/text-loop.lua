-- expect: killed cpu
-- flags: --cpu 500ms
-- why: the parent computes, the worker waits: whose time is it?
local s = ("가"):rep(300000)
while true do text.len(s) end
