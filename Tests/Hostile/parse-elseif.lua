-- expect: killed cpu
-- why: the parser is quadratic in elseif
local s = "local a if a then " .. ("elseif a then "):rep(4600) .. "end" while true do load(s) end
