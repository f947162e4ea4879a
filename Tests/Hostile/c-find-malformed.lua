-- expect: ok
-- why: malformed patterns are errors, not over-reads
for _, p in ipairs { "%", "[", "[a", "[^", "[%", "[a-", "%b", "%bx", "%f", "%f[", "(", ")", "(()", "%1", "%9", "[]", "[^]", "*", "(%", "%g(", "[%a-z", "[a-%", "%b(", "x(" , "%f[^", "[[" } do
    pcall(string.find, "a(b)c", p) pcall(string.gsub, "a(b)c", p, "%0") pcall(string.match, "", p) pcall(string.gsub, "x", "x", p)
    for _ in pcall(string.gmatch, "aa", p) and string.gmatch("aa", "a") do end
end
return 1
