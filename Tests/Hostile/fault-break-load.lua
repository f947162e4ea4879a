-- expect: ok
-- why: the same in a text for load, inside functions inside functions, beside loops that are right
local closed = 0
local env = setmetatable({o = setmetatable({}, {__close = function() closed = closed + 1 end})}, {__index = _G})
local body = [[
  for k in next, {1}, nil, o do local g = function() return k end %s end
  while true do local x <close> = o local h = function() return x end break end
  for i = 1, 3 do local y <close> = o if i == 2 then break end end
  repeat local z <close> = o until z
  local x <close> = o]]
local count = 0
for _, exit in ipairs {"break", "do break end", "if g then break end", "repeat local q <close> = o break until true break"} do
  local text = body:format(exit)
  for level = 1, 20 do
    closed = 0
    assert(load(text, "t", "t", env))()
    assert(closed == (exit:find("repeat") and 7 or 6), exit .. closed)
    text = "local f = function(...) " .. text .. " end f()"
    count = count + 1
  end
end
assert(count == 80)
