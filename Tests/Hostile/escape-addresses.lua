-- expect: ok
-- why: no address is shown
local texts = { tostring({}), tostring(print), tostring(function() end), tostring(coroutine.create(print)), ("%s"):format({}), tostring(task.spawn(print)), tostring(io), select(2, pcall(error, {})) and "", tostring(setmetatable({}, {__name = "n"})) }
for _, t in ipairs(texts) do assert(not t:find("0x"), t) end
assert(not pcall(string.format, "%p", {})) assert(not pcall(string.format, "%-20p", "x")) assert(not pcall(string.format, "%%%p", "x"))
return 1
