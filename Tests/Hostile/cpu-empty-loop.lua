-- expect: killed cpu
-- why: the plain case
while true do end
