-- expect: killed cpu
-- why: a* a* a* b
return ("a"):rep(5000):find(("a*"):rep(8) .. "b")
