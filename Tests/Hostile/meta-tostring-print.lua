-- expect: killed cpu
-- why: print calls __tostring
print(setmetatable({}, {__tostring = function() while true do end end}))
