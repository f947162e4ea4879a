-- expect: killed cpu
-- why: a set of a megabyte for each letter
return ("a"):rep(1 << 20):find("[" .. ("b"):rep(1 << 20) .. "a]*c")
