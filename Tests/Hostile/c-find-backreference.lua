-- expect: killed cpu
-- why: (.*)%1
return ("a"):rep(20000):find("(.*)%1b")
