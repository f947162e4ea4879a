-- expect: ok
-- why: methods of preludes survive what a script does to its own
string.rep, string.format, table.concat, table.sort, tostring, pcall, error = nil return ("x"):rep(3), #task.map({1, 2}, function(x) return x end)
