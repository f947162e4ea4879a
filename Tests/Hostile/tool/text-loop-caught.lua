-- expect: killed cpu
-- flags: --cpu 500ms
-- why: the same with everything that catches
local s = ("가"):rep(300000)
local guard <close> = setmetatable({}, { __close = function() while true do text.width(s) end end })
while true do
    pcall(xpcall, text.codepoints, function() while true do text.len(s) end end, s)
    coroutine.wrap(function() pcall(text.len, s) error("x") end)
    pcall(text.replace, s, "가", s)
end
