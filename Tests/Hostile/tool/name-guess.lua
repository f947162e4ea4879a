-- expect: ok
-- flags: --cpu 2s
-- why: the nearest of some words, to one of megabytes
local iwinv = require "iwinv"
local long = ("l"):rep(3000000)
assert(not pcall(function() return params[long] end))
assert(not pcall(function() return iwinv.instances[long] end))
assert(not pcall(iwinv.instances.list, { [long] = 1 }))
