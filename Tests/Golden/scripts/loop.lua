print("loop")
while true do end
