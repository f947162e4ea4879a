-- expect: error nested too deep
-- why: a deep argument
local t = {} for i = 1, 100000 do t = {t} end wait(t)
