-- expect: ok
-- why: 983bc433: an emergency collection corrupts the heap
local mt = setmetatable({__newindex = {}}, {})
getmetatable(mt).__mode = "v"
for i = 1, 2000 do
    local t = setmetatable({}, mt)
    mt.__newindex = {}
    for j = 1, 50 do t[j] = {} end
end
return 1
