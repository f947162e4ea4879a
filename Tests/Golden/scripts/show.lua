print("a line", 1, nil, true)
log.debug("a detail")
log.info("a note", { server = "web-01", count = 3 })
log.warn("a warning")
log.error("an error")
ui.table({ { name = "web-01", ip = "1.2.3.4" }, { name = "웹-02", ip = "10.20.30.40" } },
    { { "name", "name" }, { "address", "ip" } })
ui.progress(1, 2, "half")
print("at " .. time.format(time.now()))
return { text = "한글", list = { 1, 2.5, false }, nested = { a = { b = "c" } } }
