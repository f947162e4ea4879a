-- expect: ok
-- flags: --cpu 30s
-- why: as many keys as there can be, and as much in each as it holds
for i = 1, 1000 do store.set("k" .. i, ("v"):rep(16000)) end
for i = 1, 100 do assert(not pcall(store.set, "more" .. i, 1)) end
