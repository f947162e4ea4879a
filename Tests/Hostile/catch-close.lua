-- expect: killed cpu
-- why: a __close handler that loops
local x <close> = setmetatable({}, {__close = function() while true do end end}) error("out")
