-- expect: ok
-- why: a host call that would wait is refused where it cannot
assert(not pcall(table.sort, {2, 1}, wait)) assert(not pcall(string.gsub, "x", "x", wait)) assert(not pcall(load, wait) or true) return 1
