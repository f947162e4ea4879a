-- expect: error invalid conversion
-- why: a width of a million
return ("%999999d"):format(1)
