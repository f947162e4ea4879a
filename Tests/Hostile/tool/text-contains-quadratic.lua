-- expect: ok
-- flags: --cpu 2s
-- why: a search that begins anew at each letter takes the product of the lengths
assert(not text.contains(("a"):rep(1 << 20), ("a"):rep(1 << 19) .. "b"))
assert(not text.contains(("가"):rep(300000), ("가"):rep(150000) .. "나"))
assert(#text.split(("a"):rep(1 << 20), ("a"):rep(1 << 19) .. "b") == 1)
