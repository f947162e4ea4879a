-- expect: killed cpu
-- why: handlers that make handlers
local function h() local x <close> = setmetatable({}, {__close = h}) end while true do pcall(h) end
