-- expect: error too big
-- why: sort with a lying __len
table.sort(setmetatable({}, {__len = function() return 1 << 40 end}))
