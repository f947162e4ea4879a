-- expect: killed cpu
-- flags: --cpu 500ms
-- why: a document that is all structure
local s = "[" .. ("[],{},0,"):rep(100000) .. "[]]"
while true do pcall(json.decode, s) end
