-- expect: error 64 combining marks
-- why: marks in a row are put in order in quadratic time
local t = {}
for i = 1, 400000 do t[i] = utf8.char(0x300 + (i * 7) % 60) end
text.len("a" .. table.concat(t))
