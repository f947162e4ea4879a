-- expect: killed cpu
-- why: a reader that never ends
load(function() while true do end end)
