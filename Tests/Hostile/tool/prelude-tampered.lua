-- expect: ok
-- why: the host’s Lua after every library was replaced
local pcall, pairs, assert, loop = pcall, pairs, assert, function() while true do end end
local list, table_ = require("iwinv").instances.list, ui.table
for _, library in pairs { string, table, math, utf8, coroutine, text, json, time } do
    for name in pairs(library) do library[name] = loop end
end
for _, name in pairs { "ipairs", "tostring", "type", "setmetatable", "next", "select", "error", "rawget", "print" } do
    _G[name] = loop
end
assert(#list() > 0)
table_({ { a = { b = 1 } } }, { "a.b" })
