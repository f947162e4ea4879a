-- expect: ok
-- why: limits of the compiler are errors
local p = {} for i = 1, 300 do p[i] = "local a" .. i .. " = 1" end assert(not load(table.concat(p, "\n"))) return 1
