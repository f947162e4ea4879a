-- expect: ok
-- memory: 64
-- cpu: 2000
-- why: a library that refuses __concat does not see it when it comes later
local function grow(n) if n == 0 then return 0 end local a, b, c, d, e = 1, 2, 3, 4, 5 return 1 + grow(n - 1) end
local refused = not pcall(setmetatable, {}, {__concat = print})
local meta = {}
local o = setmetatable({}, meta)
for _, key in ipairs {"__concat", "__con" .. "cat", ("__xxncat"):gsub("xx", "co")} do
  meta[key] = function() grow(2000) for i = 1, 1000 do local t = {i} end return "R" end
  rawset(meta, key, meta[key])
  for i = 1, 20 do
    local fine, s = coroutine.resume(coroutine.create(function() return "a" .. "b" .. o .. "c" .. "d" end))
    if refused then assert(not fine and s:find("attempt to concatenate a table value", 1, true), s)
    else assert(fine and s == "abR", s) end
  end
end
