-- expect: killed cpu
-- flags: --cpu 500ms
-- why: each call brings megabytes: what is kept of them, and whose time is it?
local iwinv = require "iwinv"
local s = ("n"):rep(3900000)
for i = 1, 9999 do pcall(iwinv.instances.list, { name = s }) end
