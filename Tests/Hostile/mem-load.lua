-- expect: killed memory
-- why: in the reader of load
load(function() local s = "x" while true do s = s .. s end end)
