-- expect: killed cpu
-- refused: error a metatable with '__concat' is not allowed
-- why: __concat
return setmetatable({}, {__concat = function() while true do end end}) .. 1
