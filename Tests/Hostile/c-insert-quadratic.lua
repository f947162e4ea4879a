-- expect: killed cpu
-- why: insert at the front
-- memory: 64
local t = {} while true do table.insert(t, 1, 1) end
