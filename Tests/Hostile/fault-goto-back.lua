-- expect: ok
-- why: jumps back, and to the end of the function, out of scopes inside scopes
local log = {}
local function c(name) return setmetatable({}, {__close = function() log[#log + 1] = name end}) end
local function f()
  local n = 0
  ::top::
  n = n + 1
  local a <close> = c("a" .. n)
  for k in next, {1, 2}, nil, c("loop" .. n) do
    local g = function() return k + n end
    repeat
      local b <close> = c("b" .. n)
      if n < 3 then goto top end
      if n == 3 then goto done end
    until true
  end
  local p, q, r, s, t, u
  ::done::
end
f()
assert(table.concat(log, " ") == "b1 loop1 a1 b2 loop2 a2 b3 loop3 a3", table.concat(log, " "))
