-- expect: killed cpu
-- why: exponential backtracking
return ("a"):rep(3000):find((".-"):rep(6) .. "b")
