-- expect: ok
-- cpu: 2000
-- memory: 64
-- why: the same, with what was freed filled by what looks like a function
local filler = ("\x16\0\0\0\0\0\0\0BBBBBBBB"):rep(300)
local function deep(n)
  if n == 0 then return xpcall(coroutine.yield, function() end) end
  local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
  local r = deep(n - 1)
  return r, a
end
for round = 1, 6 do
  local co = coroutine.create(function()
    local c <close> = setmetatable({}, {__close = function()
      for i = 1, 20000 do local t = {("x"):rep(i & 127)} end
      local keep = {}
      for i = 1, 2000 do keep[i] = filler .. i end
      error("boom", 0)
    end})
    deep(300)
  end)
  coroutine.resume(co)
  assert(coroutine.close(co) == false)
end
