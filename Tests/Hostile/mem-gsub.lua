-- expect: killed memory
-- why: in a replacement
("x"):gsub("x", function() local s = "x" while true do s = s .. s end end)
