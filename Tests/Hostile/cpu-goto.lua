-- expect: killed cpu
-- why: no call, no for
::a:: goto a
