-- expect: killed cpu
-- why: __len of a list for concat
table.concat(setmetatable({}, {__len = function() while true do end end}))
