-- expect: killed cpu
-- why: a chain below the cap in the largest function, over and over
local a a = setmetatable({}, {__index = function() return nil end})
local f = assert(load("local a = ... " .. ("a=a "):rep(14000) .. "return a" .. (".y"):rep(900)))
local n = 0
setmetatable(a, {__index = function() n = n + 1 if n % 900 == 899 then return nil end return a end})
while true do pcall(f, a) end
