-- expect: ok
-- why: garbage is an error
local s = {} for i = 1, 300 do for j = 1, 40 do s[j] = string.char(math.random(0, 255)) end load(table.concat(s)) end return 1
