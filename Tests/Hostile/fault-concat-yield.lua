-- expect: ok
-- memory: 64
-- cpu: 2000
-- why: the same with `__concat` that waits, fails and makes garbage
local function grow(n) if n == 0 then return 0 end local a, b, c, d, e = 1, 2, 3, 4, 5 return 1 + grow(n - 1) end
local meta = {__concat = function(a, b)
  coroutine.yield()
  grow(1000)
  for i = 1, 2000 do local t = {("x"):rep(i & 63)} end
  if b == "fail" then error("no", 0) end
  return "R"
end}
local allowed, o = pcall(setmetatable, {}, meta)
if not allowed then return end
for i = 1, 20 do
  local co = coroutine.create(function() return "a" .. "b" .. o .. "c" .. "d" end)
  coroutine.resume(co)
  local fine, s = coroutine.resume(co)
  while coroutine.status(co) ~= "dead" do fine, s = coroutine.resume(co) end
  assert(fine and s == "abR", s)
  co = coroutine.create(function() return "x" .. o .. "fail" end)
  coroutine.resume(co)
  fine, s = coroutine.resume(co)
  assert(fine == false and s == "no", s)
end
