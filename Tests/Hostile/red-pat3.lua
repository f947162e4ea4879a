-- expect: killed cpu
-- why: a bracket that is never closed, from each place
local s=("("):rep(5000000) while true do s:find("%b()") s:match("^%b()") end
