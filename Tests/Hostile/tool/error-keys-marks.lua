-- expect: error the error value is a table
-- flags: --cpu 4s
-- why: the same in an error value
local t = {}
for i = 1, 400000 do t[i] = utf8.char(0x300 + (i * 7) % 60) end
local s = table.concat(t)
error { [s] = 1, [s .. "x"] = 2 }
