-- expect: killed cpu
-- why: labels are searched
local p = {} for i = 1, 3000 do p[i] = "goto l" .. i end for i = 1, 3000 do p[#p + 1] = "::l" .. i .. "::" end local s = table.concat(p, " ") while true do load(s) end
