-- expect: ok
-- why: efddc230: gmatch called again after an error crashes liblua
local g = ("a"):gmatch("(") for i = 1, 10 do pcall(g) end local h = ("abc"):gmatch("%w") h() for i = 1, 10 do h() end return pcall(h)
