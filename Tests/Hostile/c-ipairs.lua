-- expect: killed cpu
-- why: ipairs with an __index
for i in ipairs(setmetatable({}, {__index = function(_, i) return i end})) do end
