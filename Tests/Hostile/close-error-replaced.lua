-- expect: error the second
-- why: an error of a __close handler takes the place of the first
local x <close> = setmetatable({}, {__close = function(_, e) error("the second") end})
error("the first")
