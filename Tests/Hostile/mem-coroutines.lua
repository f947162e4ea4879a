-- expect: killed memory
-- why: coroutines with stacks
-- memory: 8
local t = {} while true do local co = coroutine.wrap(function() local a = {table.unpack({}, 1, 200)} coroutine.yield() end) co() t[#t + 1] = co end
