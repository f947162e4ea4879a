-- expect: killed memory
-- why: two hundred thousand values through a yield
local co=coroutine.wrap(function(...) local n=select("#",...) while true do coroutine.yield(...) end end) local t={} for i=1,200000 do t[i]=i end while true do co(table.unpack(t)) end
