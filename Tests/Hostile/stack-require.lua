-- expect: error
-- why: recursion through require
require "self"
