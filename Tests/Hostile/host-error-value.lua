-- expect: error
-- why: an error value that cannot be converted
local t = {} t[1] = t error(t)
