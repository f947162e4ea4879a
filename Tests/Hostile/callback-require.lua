-- expect: killed cpu
-- why: a module that loops
require "loop"
