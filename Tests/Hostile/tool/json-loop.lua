-- expect: killed cpu
-- flags: --cpu 500ms
-- why: numbers are written out in the parent
local t = {}
for i = 1, 190000 do t[i] = i / 3 end
while true do pcall(json.encode, t) end
