-- expect: killed cpu
-- why: liblua runs handlers of hook errors with hooks off
xpcall(function() while true do end end, function() while true do end end)
