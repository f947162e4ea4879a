while true do time.sleep("1m") end
