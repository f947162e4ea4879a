-- expect: ok
-- why: only whole MiB can be seen
for i = 1, 100 do assert(collectgarbage("count") % 1024 == 0) end return 1
