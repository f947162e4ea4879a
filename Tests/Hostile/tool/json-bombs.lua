-- expect: ok
-- why: deep, unfinished, huge numbers, lone surrogates
for _, s in ipairs {
    ("["):rep(3000000), ('{"a":'):rep(600000), ("9"):rep(3000000), "1e" .. ("9"):rep(3000000),
    "0." .. ("1"):rep(3000000) .. "e", '"\\ud800"', '"\\u', '"' .. ("\\"):rep(1000001) .. '"', "\xff", "[1e999]",
} do
    local ok, e = pcall(json.decode, s)
    assert(ok == false or s:sub(1, 1) == "9", s:sub(1, 20))
    assert(ok or #tostring(e) < 300)
end
