-- expect: error __gc
-- why: __gc = true also marks the object
setmetatable({}, {__gc = true})
