-- expect: error range
-- why: concat over 2^40 items
return table.concat(setmetatable({}, {__index = function() return "" end}), "", 1, 1 << 40)
