-- expect: error too complex
-- why: recursion of the matcher
return ("x"):rep(300000):find(("x?"):rep(300000))
