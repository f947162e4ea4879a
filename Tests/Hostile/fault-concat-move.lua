-- expect: ok
-- memory: 64
-- cpu: 2000
-- why: `..` goes on in a stack that `__concat` has moved (603b2c64, Debian's 5.4.4)
local function grow(n) if n == 0 then return 0 end local a, b, c, d, e = 1, 2, 3, 4, 5 return 1 + grow(n - 1) end
local meta = {__concat = function(a, b) grow(3000) return "R" end}
local allowed, why = pcall(setmetatable, {}, meta)
if not allowed then
  assert(why:find("'__concat' is not allowed", 1, true) and why:find("Lua library has a memory fault", 1, true), why)
  return
end
for i = 1, 20 do
  local o = setmetatable({}, meta)
  assert(coroutine.wrap(function() return "a" .. "b" .. o .. "c" .. "d" end)() == "abR")
  assert(coroutine.wrap(function() return "a" .. o end)() == "R")
  assert(coroutine.wrap(function() return o .. "a" .. 1 .. "b" end)() == "R")
end
