-- expect: ok
-- why: windows that are none
for _, s in ipairs {
    "", "; ;;", "SUN", "SUN 24:00-24:00", "99:99-00:00", "SUN-", "-SUN 00:00-01:00", ", 00:00-01:00", "\u{202e}SUN 0:0-1:0",
    ("SUN-SAT,"):rep(100) .. "MON 00:00-01:00", ("x"):rep(999), ("\u{301}"):rep(400),
} do
    local ok, e = pcall(time.window, s)
    assert(ok or #tostring(e) < 4000)
end
for _, zone in ipairs { "../../../../etc/passwd", "/etc/localtime", ("x"):rep(3000000), "", "\0" } do
    assert(not pcall(time.window, "SUN 00:00-01:00", zone), zone)
    assert(not pcall(time.format, 0, zone), zone)
end
