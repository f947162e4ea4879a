-- expect: killed memory
-- why: format that doubles
local s = "x" while true do s = ("%s%s"):format(s, s) end
