-- expect: ok
-- why: durations that are none
for _, v in ipairs { ("1h"):rep(1000000), ("9"):rep(1000000) .. "h", 0 / 0, 1 / 0, -1, 1e300, {}, true, "", "1e9h", "-1s" } do
    local ok, e = pcall(time.seconds, v)
    assert(not ok and #tostring(e) < 300)
    assert(not pcall(time.sleep, v))
end
