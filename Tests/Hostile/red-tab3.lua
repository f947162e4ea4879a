-- expect: killed memory
-- why: unpack as the __index of what unpack reads
local t=setmetatable({},{__index=table.unpack,__len=function() return 900000 end}) return pcall(table.unpack,t)
