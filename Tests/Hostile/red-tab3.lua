-- expect: ok
-- memory: 64
-- why: unpack as the __index of what unpack reads; the stack's limit is the end of it
local t=setmetatable({},{__index=table.unpack,__len=function() return 900000 end}) return pcall(table.unpack,t)
