-- expect: error more than 1000 fields
-- why: 7923dbbf: the text of an error costs a second or the C stack
local a a = setmetatable({}, {__index = function() return a end}) assert(load("local a = ... return a" .. (".y"):rep(30000)))(a)
