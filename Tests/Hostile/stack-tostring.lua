-- expect: error stack overflow
-- why: recursion through tostring
local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) tostring(t)
