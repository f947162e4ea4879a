-- expect: ok
-- why: a chunk cannot pass for a prelude of the host
for _, name in ipairs { "=[task]", "=[[task]", "@[task]", "=[[[[x" } do
    local f = load("error('here')", name)
    local ok, e = pcall(f)
    assert(not e:find("^%["), e)
end
return 1
