-- expect: killed cpu
-- memory: 64
-- cpu: 500
-- why: the same with a chain of tables, quadratic
local f = print
for i = 1, 150000 do f = setmetatable({}, {__call = f}) end
while true do pcall(f) end
