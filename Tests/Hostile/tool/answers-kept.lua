-- expect: ok
-- flags: --cpu 30s
-- why: what the parent answers is not kept there
local iwinv = require "iwinv"
for i = 1, 1000 do iwinv.flavors.list() end
