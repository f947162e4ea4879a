-- expect: error too many captures
-- why: 33 captures
return ("x"):find(("("):rep(33))
