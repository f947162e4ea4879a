-- expect: ok
-- why: many sizes one after the other: freed memory is used again
-- memory: 32
-- cpu: 5000
for size = 8, 400, 8 do
    local t = {}
    for i = 1, 20000 do t[i] = ("x"):rep(size) .. i end
end
return 1
