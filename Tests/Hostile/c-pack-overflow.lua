-- expect: error
-- why: sizes that overflow
return string.packsize(('c' .. math.maxinteger):rep(3))
