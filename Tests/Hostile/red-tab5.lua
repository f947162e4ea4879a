-- expect: killed memory
-- why: sorting four million
local t={} for i=1,4000000 do t[i]=4000000-i end while true do table.sort(t,function(a,b) return a<b end) end
