-- expect: killed memory
-- why: each letter becomes a thousand
return ("x"):rep(1 << 20):gsub(".", ("y"):rep(1000))
