-- expect: ok
-- why: nothing of the host is reachable
for _, name in ipairs { "io", "os", "debug", "package", "dofile", "loadfile", "module", "newproxy", "jit", "ffi", "arg", "warn" } do assert(_G[name] == nil, name) end
assert(not pcall(require, "io") and not pcall(require, "os") and not pcall(require, "debug") and not pcall(require, "package"))
return 1
