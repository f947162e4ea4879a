-- expect: ok
-- why: hidden fields of error values stay hidden
local ok, e = pcall(refuse)
for k, v in pairs(e) do assert(type(k) == "string", type(k)) end
for k, v in next, e do assert(type(k) == "string", type(k)) end
assert(getmetatable(e) == false and not pcall(setmetatable, e, {}))
rawset(e, "message", setmetatable({}, {__tostring = error}))
return tostring(e)
