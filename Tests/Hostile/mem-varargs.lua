-- expect: killed memory
-- cpu: 5000
-- why: long lists of arguments
local t = {}
while true do
    t[#t + 1] = {table.unpack({}, 1, 1000)}
    t[#t + 1] = table.pack(table.unpack(t, 1, #t))
end
