-- expect: killed cpu
-- why: two thousand numbers with ninety-nine places
while true do pcall(string.format,("%99.99f"):rep(2000),table.unpack((function() local t={} for i=1,2000 do t[i]=1e308 end return t end)())) end
