-- expect: ok
-- why: a loop that has such a `break` forgets its closing value at its end, too, and where it fails or returns
local log = {}
local function closer(name) return setmetatable({}, {__close = function() log[#log + 1] = name end}) end
local function f(list, what)
  for i, v in next, list, nil, closer(what) do
    local g = function() return i end
    local inner <close> = closer("inner")
    if v == "break" then break end
    if v == "return" then return g() end
    if v == "error" then error("no", 0) end
    if v == "goto" then goto out end
  end
  log[#log + 1] = "end"
  ::out::
end
for _, what in ipairs {"break", "return", "error", "goto", "nothing"} do
  log = {}
  pcall(f, {1, what}, what)
  local ends = (what == "break" or what == "nothing") and " end" or ""
  assert(table.concat(log, " ") == "inner inner " .. what .. ends, what .. ": " .. table.concat(log, " "))
end
