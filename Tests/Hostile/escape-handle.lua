-- expect: ok
-- why: a handle cannot be forged or read
local h = secret() assert(type(h) == "userdata" and getmetatable(h) == false) assert(not tostring(h):find("hunter2")) assert(not pcall(function() return h.value end)) assert(not pcall(function() h.x = 1 end)) assert(not pcall(function() return #h end)) assert(not pcall(rawlen, h) or rawlen(h) < 100) assert(not pcall(rawget, h, 1)) return tostring(h)
