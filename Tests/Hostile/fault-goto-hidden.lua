-- expect: ok
-- why: the same behind what a scanner may take for a string or a comment
local closed = 0
local env = {o = setmetatable({}, {__close = function() closed = closed + 1 end})}
local body = "do local p, q, r, s = 1 do local x <close> = o goto done end local a, b, c ::done:: end local y <close> = o"
for _, front in ipairs {"-- comment\r", "local t = 'a\\z\n  b' ", "local t = 'a\\\r\nb' ", "local t = [=[ ]] ]=] "} do
  closed = 0
  assert(load(front .. body, "t", "t", env))()
  assert(closed == 2, front)
end
