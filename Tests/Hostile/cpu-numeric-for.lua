-- expect: killed cpu
-- why: FORLOOP is one instruction
for i = 1, math.maxinteger do end
