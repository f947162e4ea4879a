-- expect: ok
-- why: error messages name functions, not addresses
local ok, e = pcall(string.rep) assert(e:find("rep") and not e:find("0x")) return e
