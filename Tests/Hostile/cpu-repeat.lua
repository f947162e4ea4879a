-- expect: killed cpu
-- why: a backward jump of another kind
repeat until false
