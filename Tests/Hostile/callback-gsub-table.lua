-- expect: killed cpu
-- why: a replacement table with __index
("x"):gsub("x", setmetatable({}, {__index = function() while true do end end}))
