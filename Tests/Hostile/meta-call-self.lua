-- expect: killed cpu
-- why: liblua 5.4.4 puts a value that is its own __call before its arguments a million times: no hook fires in that loop
local t = setmetatable({}, {})
getmetatable(t).__call = t
while true do pcall(t) end
