-- expect: ok
-- why: an error value that is a table with looping __tostring
local ok, e = pcall(error, setmetatable({}, {__tostring = function() error("again") end})) return type(e)
