-- expect: killed cpu
-- why: a reader of single bytes
-- memory: 16
while true do load(function() return " " end) end
