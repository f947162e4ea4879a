-- expect: killed cpu
-- why: a handler that fails calls the handler
while true do xpcall(error, function(e) error(e) end, "x") end
