-- expect: ok
-- why: unpack outside of the string
for _, f in ipairs { "s8", "z", "i16", "s1", "c100", "!16 d" } do
    for _, at in ipairs { 1, -1, 4, 5, math.maxinteger, math.mininteger } do pcall(string.unpack, f, "\255\255\255", at) end
end
return 1
