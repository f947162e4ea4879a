-- expect: ok
-- flags: --cpu 4s --allow secret
-- why: a secret stays a handle, whatever is done with it
local iwinv = require "iwinv"
local handles, seen = {}, {}
local function walk(value, depth)
    if type(value) == "userdata" then handles[#handles + 1] = value end
    if type(value) ~= "table" or seen[value] or depth > 8 then return end
    seen[value] = true
    for k, v in pairs(value) do walk(k, depth + 1) walk(v, depth + 1) end
    walk(getmetatable(value), depth + 1)
end
for _, row in ipairs(iwinv.instances.list()) do walk(row, 0) end
walk(iwinv.instances.list { name = "web-01", fields = { "default_account" } }, 0)
assert(#handles > 0)
for _, h in ipairs(handles) do
    assert(not pcall(function() return h.value end) and not pcall(function() return #h end))
    assert(getmetatable(h) == false or type(getmetatable(h)) == "string")
    for _, f in ipairs { tostring, function(x) return json.encode(x) end, function(x) return string.format("%s", x) end } do
        local ok, s = pcall(f, h)
        assert(not ok or not s:find("0x") and #s < 60)
    end
    assert(not pcall(store.set, "h", h))
    assert(not pcall(ui.show_secret, h))
    assert(not pcall(iwinv.instances.edit, iwinv.instances.list()[1].instance_id, { name = h }))
end
