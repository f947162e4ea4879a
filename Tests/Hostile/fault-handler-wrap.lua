-- expect: ok
-- cpu: 2000
-- memory: 64
-- why: closers of closers, below wrap, pcall and xpcall, each of which fails
local function deep(n, f)
  if n == 0 then return xpcall(f, function(e) return e end) end
  local a, b, c, d, e, g, h = 1, 2, 3, 4, 5, 6, 7
  local r = deep(n - 1, f)
  return r, a
end
local function garbage() for i = 1, 5000 do local t = {("x"):rep(i & 127)} end end
local count = 0
local function failing(level)
  return coroutine.create(function()
    local c <close> = setmetatable({}, {__close = function()
      count = count + 1
      garbage()
      if level > 0 then
        local inner = failing(level - 1)
        coroutine.resume(inner)
        xpcall(coroutine.close, function() garbage() error("again", 0) end, inner)
      end
      error("boom" .. level, 0)
    end})
    deep(1000, coroutine.yield)
  end)
end
for round = 1, 4 do
  local co = failing(4)
  coroutine.resume(co)
  local fine, message = coroutine.close(co)
  assert(fine == false and message == "boom4", message)
  local wrapped = coroutine.wrap(function()
    local c <close> = setmetatable({}, {__close = function() garbage() error("closed", 0) end})
    deep(1000, function() error("inner", 0) end)
    error("outer", 0)
  end)
  local fine, message = pcall(wrapped)
  assert(not fine and message == "closed", message)
end
assert(count == 20)
