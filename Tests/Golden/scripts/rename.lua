-- ==Script==
-- @name     rename
-- @summary  Renames two servers
-- @param    to  string  default "www-"  How their names begin then
-- @needs    instances:read instances:edit
-- ==/Script==
local iwinv = require "iwinv"
for _, name in ipairs { "web-01", "web-02" } do
    local vm = iwinv.instances.list { name = name }[1]
    vm:edit { name = params.to .. name:sub(5) }
end
print("2 servers renamed")
return { renamed = 2 }
