-- expect: ok
-- why: integer division and modulo at the edges
local min = math.mininteger
return min // -1, min % -1, math.tointeger(min // 1), (pcall(function() return 1 // 0 end)), (pcall(function() return 1 % 0 end)), math.abs(min), math.ult(-1, 1), math.fmod(min, -1)
