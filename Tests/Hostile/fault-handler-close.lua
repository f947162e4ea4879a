-- expect: ok
-- cpu: 2000
-- memory: 64
-- why: coroutine.close of a coroutine that sleeps below xpcall calls a handler that is gone (3fe7be95, before 5.4.8)
local function deep(n)
  if n == 0 then return xpcall(coroutine.yield, function() end) end
  local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
  local r = deep(n - 1)
  return r, a
end
local closed = 0
for round = 1, 6 do
  local co = coroutine.create(function()
    local c <close> = setmetatable({}, {__close = function()
      closed = closed + 1
      for i = 1, 20000 do local t = {("x"):rep(i & 127)} end
      local keep = {}
      for i = 1, 2000 do keep[i] = ("A"):rep(4000 + i) end
      error("boom", 0)
    end})
    deep(5000)
  end)
  coroutine.resume(co)
  local fine, message = coroutine.close(co)
  assert(fine == false and message == "boom", message)
end
assert(closed == 6)
