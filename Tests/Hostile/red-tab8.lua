-- expect: killed cpu
-- why: next after the table has changed
local t={} for i=1,100000 do t["k"..i]=i end while true do local k=next(t) t[k]=nil t[k.."x"]=1 end
