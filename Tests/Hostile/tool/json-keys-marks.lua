-- expect: ok
-- flags: --cpu 4s
-- why: a dictionary composes its keys to compare them
local t = {}
for i = 1, 400000 do t[i] = utf8.char(0x300 + (i * 7) % 60) end
local s = table.concat(t)
json.encode { [s] = 1, [s .. "x"] = 2 }
assert(not pcall(json.decode, '{"' .. s .. '":1,"' .. s .. 'x":2}'))
