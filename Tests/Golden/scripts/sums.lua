-- ==Script==
-- @param  n  integer  default 2
-- ==/Script==
return params.n + params.n
