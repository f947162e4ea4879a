-- expect: killed memory
-- why: a bomb in pcall in a loop
while true do local ok,e=pcall(function() local t={} while true do t[#t+1]=("x"):rep(1e5)..#t end end) end
