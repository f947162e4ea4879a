-- expect: killed memory
-- why: no __close sees it
local x <close> = setmetatable({}, {__close = function() while true do end end}) local s = "x" while true do s = s .. s end
