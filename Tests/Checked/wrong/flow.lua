local iwinv = require "iwinv" --! unused-local
local function f(x)
    if x then
        return 1
    else
        error("no")
        print("never")                           --! unreachable
    end
end
local unused = f(1)                              --! unused-local
for i = 1, 3 do
    break
    print(i)                                     --! unreachable
end
while true do
    fail("x")
    print(2)                                     --! unreachable
end
