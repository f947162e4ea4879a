-- expect: ok
-- cpu: 2000
-- memory: 64
-- why: the same out of a loop, and the slot outlives its frame
local function grow(n) if n == 0 then return 0 end local a, b, c, d, e = 1, 2, 3, 4, 5 return 1 + grow(n - 1) end
local closed = 0
local o = setmetatable({}, {__close = function() closed = closed + 1 grow(3000) end})
local function last(n) if n > 0 then return last(n - 1) end for k, v in next, {1, 2, 3} do local t = {k, v} end end
local function f(n)
  do
    for k in next, {1}, nil, o do do local g <close> = o goto done end end
    local a, b, c, d, e, g, h
    ::done:: ;
    ::again::
  end
  return last(n)
end
for i = 1, 50 do
  coroutine.wrap(function() grow(2000) f(i) grow(100) f(0) end)()
  for i = 1, 500 do local t = {i} end
end
assert(closed == 200)
