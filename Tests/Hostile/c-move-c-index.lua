-- expect: killed cpu
-- why: move through a C __index
while true do table.move(setmetatable({}, {__index = rawlen, __newindex = rawequal}), 1, 1, 2) end
