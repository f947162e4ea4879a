-- expect: killed cpu
-- why: a replacement function that loops
("x"):gsub("x", function() while true do end end)
