-- expect: ok
-- why: nesting is bounded
for _, s in ipairs { "return " .. ("("):rep(10000), ("do "):rep(10000), "return " .. ("{"):rep(10000), "return " .. ("- "):rep(10000) .. "1", "return " .. ("not "):rep(10000), ("function f() "):rep(3000), "x = " .. ("a[")  :rep(10000), "return " .. ("a^"):rep(10000) .. "a", "return " .. ("a.."):rep(10000) .. "a" } do assert(not load(s)) end return 1
