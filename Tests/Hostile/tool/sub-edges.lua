-- expect: ok
-- why: places at the ends of the integers
for _, a in ipairs { math.mininteger, -1, 0, 1, math.maxinteger } do
    for _, b in ipairs { math.mininteger, -1, 0, 1, math.maxinteger } do
        assert(text.sub("가나다", a, b) == (utf8 and text.sub("가나다", math.max(a, -9), math.min(math.max(b, -9), 9))))
        pcall(text.pad, "x", a)
        pcall(ui.progress, a, b)
        pcall(ui.bars, { { "a", a } }, { width = b })
    end
end
