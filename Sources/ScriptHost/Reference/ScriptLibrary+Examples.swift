extension ScriptLibrary {
    /// A line of each function, which a test runs.
    package static let examples: [String: String] = [
        "log.debug": #"log.debug("page read", { page = 2 })"#,
        "log.info": #"log.info("renamed", { from = "web-01", to = "www-01" })"#,
        "log.warn": #"log.warn("left alone", { name = "web-02" })"#,
        "log.error": #"log.error("no answer", { attempts = 3 })"#,
        "task.map": #"print(task.map({ 1, 2, 3 }, function(n) time.sleep("10s") return n * n end, { limit = 2 })[3])"#,
        "task.spawn": #"print(task.spawn(function(name) time.sleep("1m") return name end, "backup"):wait())"#,
        "task.all": #"print(#task.all { function() return 1 end, function() return 2 end })"#,
        "time.now": #"print(time.format(time.now()))"#,
        "time.elapsed": #"local began = time.elapsed() time.sleep("3s") print(time.elapsed() - began)"#,
        "time.sleep": #"time.sleep("1m30s")"#,
        "time.window": #"if time.window("SUN 04:00-06:00").open then log.info("inside the window") end"#,
        "time.format": #"print(time.format(time.now(), "Asia/Seoul", "yyyy-MM-dd HH:mm"))"#,
        "time.duration": #"print(time.duration(5400))  -- 1h30m"#,
        "time.seconds": #"print(time.seconds("1h30m"))  -- 5400"#,
        "text.len": #"print(text.len("웹서버-01"))  -- 6"#,
        "text.codepoints": #"print(text.codepoints("웹-01"))  -- 4"#,
        "text.width": #"print(text.width("웹-01"))  -- 5"#,
        "text.sub": #"print(text.sub("웹서버-01", 1, 3))  -- 웹서버"#,
        "text.starts_with": #"print(text.starts_with("web-01", "web-"))  -- true"#,
        "text.ends_with": #"print(text.ends_with("web-01", "01"))  -- true"#,
        "text.contains": #"print(text.contains("web-01", "-"))  -- true"#,
        "text.replace": #"print(text.replace("web-01", "web-", "www-"))  -- www-01"#,
        "text.split": #"print(text.split("a,b,c", ",")[2])  -- b"#,
        "text.trim": #"print(text.trim("  web-01 "))  -- web-01"#,
        "text.number": #"print(text.number(59100))  -- 59,100"#,
        "text.pad": #"print(text.pad("웹", 6) .. "|")"#,
        "json.decode": #"print(json.decode('{"name": "web-01"}').name)  -- web-01"#,
        "json.encode": #"print(json.encode({ name = "web-01" }))"#,
        "store.get": #"print(store.get("runs", 0))"#,
        "store.set": #"store.set("runs", store.get("runs", 0) + 1)"#,
        "store.update": #"store.update("runs", function(n) return (n or 0) + 1 end)"#,
        "store.delete": #"store.delete("runs")"#,
        "store.keys": #"for _, key in ipairs(store.keys("seen/")) do print(key) end"#,
        "ui.table":
            #"ui.table(require("iwinv").instances.list { name = "web-" }, { "name", "status", { "zone", "zone.name" } })"#,
        "ui.bars": #"ui.bars({ { "servers", 41000 }, { "volumes", 9000 } }, { unit = "KRW" })"#,
        "ui.progress": #"ui.progress(3, 12, "renaming")"#,
        "ui.show_secret":
            #"ui.show_secret(require("iwinv").instances.list { fields = { "default_account" } }[1].default_account.password)"#,
        "iwinv.check":
            #"require("iwinv").check("instances.edit", { instance_id = "INSTANCE-a1b2c3", name = "web-01" })"#,
        "iwinv.retry":
            #"print(#require("iwinv").retry(function() return require("iwinv").zones.list() end, { times = 5, pause = "5s" }))"#,
        "fail": #"fail("three servers did not come back", { missing = 3 })"#,
    ]
}
