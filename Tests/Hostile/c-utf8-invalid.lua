-- expect: ok
-- why: broken UTF-8 at the end of a string
for _, s in ipairs { "\xff", "\xf0", "\xf0\x9f", "\xc3", "a\xe2\x82", "\x80", "\xfd\xbf\xbf\xbf\xbf\xbf", "\xed\xa0\x80" } do
    for _, lax in ipairs { true, false } do
        utf8.len(s, 1, -1, lax) pcall(utf8.codepoint, s, 1, -1, lax) pcall(function() for _ in utf8.codes(s, lax) do end end)
    end
    pcall(utf8.offset, s, 1) pcall(utf8.offset, s, -1) pcall(utf8.char, 0x7fffffff)
end
return 1
