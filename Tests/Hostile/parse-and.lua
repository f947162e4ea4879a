-- expect: killed cpu
-- why: the parser is quadratic in and
local s = "local a return " .. ("a and "):rep(10900) .. "a" while true do load(s) end
