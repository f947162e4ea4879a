-- expect: ok
-- why: `goto` to a label at the end of a block, behind locals: every 5.4 closes above what it left
local closed = 0
local o = setmetatable({}, {__close = function() closed = closed + 1 end})
local function f()
  do
    local p, q, r, s = 1, 2, 3, 4
    do local x <close> = o goto done end
    local a, b, c
    ::done::
  end
  assert(closed == 1)
  local y <close> = o
end
f()
assert(closed == 2)
