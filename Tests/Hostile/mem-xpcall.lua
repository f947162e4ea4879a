-- expect: killed memory
-- why: no handler sees it
xpcall(function() local s = "x" while true do s = s .. s end end, function() while true do end end)
