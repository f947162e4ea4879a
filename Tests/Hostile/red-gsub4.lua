-- expect: killed memory
-- why: a template of a thousand captures
return pcall(string.gsub,("a"):rep(100000),"(a*)",("%1"):rep(1000))
