-- expect: ok
-- why: identifiers that would be paths, and rows that are none
local iwinv = require "iwinv"
for _, id in ipairs { "../x", "a/b", "a?b", "a#b", "a%2fb", "a\0b", "a\r\nX: y", "\u{202e}x", ("x"):rep(5000), "", "." } do
    local ok, e = pcall(iwinv.instances.get, id)
    assert(not ok and e.kind == "invalid", id)
end
local row = iwinv.instances.list()[1]
rawset(row, "instance_id", "../../v1/bill?x=\r\nX: y")
assert(not pcall(row.reboot, row))
assert(not pcall(setmetatable, row, {}))
