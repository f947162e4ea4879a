-- expect: killed memory
-- why: a memory kill is no error
pcall(function() local t = {} while true do t[#t + 1] = {} end end) while true do end
