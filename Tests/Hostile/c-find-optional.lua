-- expect: killed cpu
-- why: a?^n a^n
return ("a"):rep(28):find(("a?"):rep(28) .. ("a"):rep(28) .. "b")
