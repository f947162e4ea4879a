-- expect: killed memory
-- why: in a comparator
table.sort({1, 2}, function() local s = "x" while true do s = s .. s end end)
