-- expect: error range
-- why: remove with a lying __len
table.remove(setmetatable({}, {__len = function() return 1 << 40 end}), 1)
