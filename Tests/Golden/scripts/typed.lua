-- ==Script==
-- @param  text   string
-- @param  count  integer  default 3
-- ==/Script==
return { params.text, params.count }
