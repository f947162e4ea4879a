-- expect: killed memory
-- why: a walk back over continuation bytes
local s=("\x80"):rep(30000000) while true do pcall(utf8.offset,s,0,29999999) pcall(utf8.offset,s,-1) end
