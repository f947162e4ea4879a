-- expect: killed cpu
-- why: handlers in handlers
local function h() xpcall(error, h) while true do end end h()
