-- expect: ok
-- why: `break` forgets the closing value of a loop (997f11f5): the next to be closed lies below it
local closed = 0
local o = setmetatable({}, {__close = function() closed = closed + 1 end})
local function f()
  for k in next, {1}, nil, o do local g = function() return k end break end
  assert(closed == 1)
  local x <close> = o
end
f()
assert(closed == 2)
