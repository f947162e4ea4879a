-- expect: ok
-- why: two keys of Lua that are one to a host that composes
for i = 1, 2 do
    json.encode { ["\u{e9}"] = 1, ["e\u{301}"] = 2 }
    log.info("x", { ["\u{e9}"] = 1, ["e\u{301}"] = 2 })
    pcall(require("iwinv").instances.list, { ["\u{e9}"] = 1, ["e\u{301}"] = 2 })
end
return { ["\u{e9}"] = 1, ["e\u{301}"] = 2 }
