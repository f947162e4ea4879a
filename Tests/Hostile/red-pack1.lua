-- expect: killed cpu
-- why: long formats
while true do pcall(string.pack,("i16"):rep(20000),table.unpack((function() local t={} for i=1,20000 do t[i]=i end return t end)())) pcall(string.packsize,("!16 i16 Xi16"):rep(5000)) end
