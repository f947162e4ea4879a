-- expect: error ui.table: the table would have more than 4 MiB
-- why: empty rows are filled up to the width of all columns
local columns, rows = {}, {}
for i = 1, 1500 do columns[i] = ("h"):rep(48) end
for i = 1, 100 do rows[i] = {} end
ui.table(rows, columns)
