-- expect: killed cpu
-- why: __eq, __lt, __concat, __call in loops
local mt = {} mt.__eq = function() while true do end end local a, b = setmetatable({}, mt), setmetatable({}, mt) return a == b
