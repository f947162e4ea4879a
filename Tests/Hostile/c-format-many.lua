-- expect: ok
-- why: one call of liblua's format does a bounded number of conversions
local numbers = {} for i = 1, 2001 do numbers[i] = i % 10 end
assert(#string.format(("%d"):rep(2000), table.unpack(numbers)) == 2000)
assert(string.format(("%%"):rep(3000)) == ("%"):rep(3000))
local fine, text = pcall(string.format, ("%d"):rep(2001), table.unpack(numbers))
assert(not fine and tostring(text):find("too many conversions", 1, true), text)
