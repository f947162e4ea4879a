-- expect: killed cpu
-- why: select over a long list in a loop
-- memory: 64
local function f(...) return (select(-1, ...)) end while true do f(table.unpack({}, 1, 200000)) end
