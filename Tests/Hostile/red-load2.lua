-- expect: killed cpu
-- why: load in readers of load
load(function() return load(function() return load(function() while true do end end) end) end)
