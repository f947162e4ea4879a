-- expect: error too many results
-- why: unpack over 2^40 items
return table.unpack({}, 1, 1 << 40)
