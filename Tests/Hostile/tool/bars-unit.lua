-- expect: error ui.bars: the unit is longer
-- why: a unit of a megabyte behind each of many bars
local list = {}
for i = 1, 20000 do list[i] = { "x", i } end
ui.bars(list, { unit = ("u"):rep(1000000) })
