-- expect: ok
-- memory: 32
-- why: a chain of __call
local f = print for i = 1, 3000 do f = setmetatable({}, {__call = f}) end return (pcall(f))
