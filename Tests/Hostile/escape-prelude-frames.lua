-- expect: ok
-- why: errors of preludes do not show their frames
local ok, e = pcall(task.map) assert(tostring(e):find("escape%-prelude%-frames"), tostring(e)) return 1
