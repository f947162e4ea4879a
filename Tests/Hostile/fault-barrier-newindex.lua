-- expect: ok
-- cpu: 4000
-- memory: 64
-- why: a metatable that is its own __newindex: a half-done collection frees what is stored there (before 5.4.9)
local N <const> = 40000
local mts, xs = {}, {}
for i = 1, N do
  mts[i] = {}
  xs[i] = setmetatable({}, mts[i])
end
for round = 1, 4 do
  for i = 1, N do
    rawset(mts[i], "__newindex", mts[i])
    xs[i].__newindex = {a = i, b = {("x"):rep(20) .. i}}
    local junk = {i, tostring(i) .. "junk"}
  end
  for j = 1, 30000 do local junk = {j} end
  for i = 1, N do
    local kept = rawget(mts[i], "__newindex")
    assert(kept.a == i and kept.b[1] == ("x"):rep(20) .. i)
  end
end
