-- expect: killed cpu
-- why: an error raised by a hook would be caught
while true do pcall(function() while true do end end) end
