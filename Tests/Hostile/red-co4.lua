-- expect: killed memory
-- why: a collection for each coroutine beyond the limit
local big={} for i=1,300000 do big[i]={} end local t={} while true do local ok,co=pcall(coroutine.create,function() coroutine.yield() end) if ok then t[#t+1]=co end end
