-- expect: killed cpu
-- why: eight thousand numbers with ninety-nine places
while true do pcall(string.format,("%99.99f"):rep(8000),table.unpack((function() local t={} for i=1,8000 do t[i]=1e308 end return t end)())) end
