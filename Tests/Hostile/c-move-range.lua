-- expect: error range
-- why: move over 2^40 items
table.move({}, 1, 1 << 40, 2)
