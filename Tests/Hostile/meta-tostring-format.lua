-- expect: killed cpu
-- why: %s calls __tostring
("%s"):format(setmetatable({}, {__tostring = function() while true do end end}))
