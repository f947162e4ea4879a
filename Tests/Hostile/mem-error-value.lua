-- expect: killed memory
-- why: in the making of an error
local s = "x" while true do s = select(2, pcall(error, s .. s, 0)) end
