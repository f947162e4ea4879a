-- expect: killed cpu
-- why: __concat
return setmetatable({}, {__concat = function() while true do end end}) .. 1
