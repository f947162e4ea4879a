-- expect: killed cpu
-- why: errors of a reader are results of load, kills are not
while true do load(function() while true do end end) end
