-- expect: ok
-- why: module names are names, not paths
for _, n in ipairs { "../m", "/etc/passwd", "m.lua", "", "[task]", "\0", ("x"):rep(100000) } do assert(not pcall(require, n)) end return 1
