-- expect: error ui.bars: the chart would have more than 4 MiB
-- why: bars without end
local list = {}
for i = 1, 60000 do list[i] = { ("x"):rep(32), i * 1e300 } end
ui.bars(list, { width = 200 })
