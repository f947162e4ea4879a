import Clocks
import Foundation
import IwinvCatalog
import LuaRuntime
import RunStore
import ScriptHost
import Testing

@Suite struct ScriptStateTests {
    private let a = StateOwner(fileName: "a")
    private let s = StateOwner(fileName: "s")

    private func result(_ source: String, _ host: ScriptHost, named name: String = "a.lua") async throws -> RunReport {
        await host.run(try Script(name: name, source: source), options: .readOnly)
    }

    @Test func `a script finds what it kept, and another script does not`() async throws {
        let host = ScriptHost(client: nil)
        let first = try await result(
            """
            store.set("seen.1", { name = "웹-01", counts = { 1, 2.5, true } })
            store.set("seen.2", 9007199254740993)
            store.set("gone", 1)
            store.delete("gone")
            return store.keys()
            """, host)
        #expect(first.result == ["seen.1", "seen.2"], "\(first.failure as Any)")
        let second = try await result(
            #"return { store.get("seen.1").name, store.get("seen.1").counts, store.get("seen.2"), store.get("gone", "none"), store.keys("seen.2") }"#,
            host)
        #expect(second.result == ["웹-01", [1, 2.5, true], 9_007_199_254_740_993, "none", ["seen.2"]])
        let other = try await result("return #store.keys()", host, named: "b.lua")
        #expect(other.result == 0)
    }

    @Test(arguments: [
        (#"store.set("", 1)"#, "the key is a text of 1 to 200 bytes"), ("store.get(1)", "the key is a text"),
        (#"store.set("a", string.rep("x", 20000))"#, "a value has at most 16384"),
        (#"store.set("a", 0/0)"#, "cannot be passed"), (#"store.set("a", print)"#, "function"),
        (#"for i = 1, 1001 do store.set("k" .. i, i) end"#, "at most 1000 keys"),
        (#"for i = 1, 1001 do store.update("k" .. i, function() return i end) end"#, "at most 1000 keys"),
        (#"store.update("a", function() return string.rep("x", 20000) end)"#, "a value has at most 16384"),
        (#"store.update("", function() return 1 end)"#, "the key is a text of 1 to 200 bytes"),
        (#"store.update("a", 1)"#, "takes a key and a function"), (#"store.update("a")"#, "takes a key and a function"),
        (#"store.update("a", function() error("not now") end)"#, "not now"),
    ])
    func `what cannot be kept is refused with a reason`(source: String, reason: String) async throws {
        let report = try await result(source, ScriptHost(client: nil))
        #expect(report.failure?.message.contains(reason) == true, "\(report.failure as Any)")
    }

    @Test func `what is written over a state leaves it as it is`() async throws {
        let base = ScratchState()
        try await base.set("kept", to: 1, of: a)
        try await base.set("gone", to: 2, of: a)
        let over = ScratchState(over: base)
        try await over.set("gone", to: nil, of: a)
        try await over.set("new", to: 3, of: a)
        #expect(try await over.keys(of: a) == ["kept", "new"])
        #expect(try await over.value("gone", of: a) == nil)
        #expect(try await over.value("kept", of: a) == 1)
        #expect(try await base.keys(of: a) == ["gone", "kept"])
    }

    @Test func `a script is known by its path and its name, and a text by its name`() async throws {
        let state = ScratchState()
        func count(_ folder: String, _ header: String? = nil) async throws -> JSONValue {
            var script = try Script(
                name: "rotate.lua", source: "return store.update('n', function(n) return (n or 0) + 1 end)")
            script.owner = StateOwner(
                file: folder.isEmpty ? nil : "\(folder)/rotate.lua", name: header, fileName: script.name)
            return await ScriptHost(client: nil, state: state).run(script, options: .readOnly).result
        }
        #expect(try await count("/A") == 1)
        #expect(try await count("/A") == 2)
        #expect(try await count("/B") == 1)
        #expect(try await count("/A", "rotate") == 1)
        #expect(try await count("") == 1)
        #expect(try await count("/A") == 3)
    }

    @Test func `a file is known by its real path`() throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "owner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "real"), withIntermediateDirectories: true)
        let file = folder.appending(path: "real/a.lua")
        try Data("-- ==Script==\n-- @name first\n-- ==/Script==\n".utf8).write(to: file)
        let link = folder.appending(path: "link.lua")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        let owner = StateOwner(file: file.path, name: "first", fileName: "a.lua")
        #expect(try Script(contentsOf: file).owner == owner)
        let linked = try Script(contentsOf: link).owner
        #expect(linked.file == owner.file && linked.name == owner.name)
        #expect(try Script(contentsOf: folder.appending(path: "real/../real/./a.lua")).owner == owner)
    }

    @Test func `an update gets what is kept, and keeps what it returns`() async throws {
        let report = try await result(
            """
            local first = store.update("t", function(t) return { n = 1, seen = t == nil } end)
            local second = store.update("t", function(t) t.n = t.n + 1 return t end)
            local gone = store.update("t", function() return nil end)
            return { first.seen, second.n, gone == nil, #store.keys() }
            """, ScriptHost(client: nil))
        #expect(report.result == [true, 2, true, 0], "\(report.failure as Any)")
    }

    @Test func `tasks and runs that update one value at once lose nothing of it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = """
            local list = {}
            for i = 1, 25 do list[i] = i end
            task.map(list, function()
                store.update("n", function(n) return (n or 0) + 1 end)
            end, { limit = 4 })
            """
        try await withThrowingTaskGroup(of: RunReport.self) { group in
            for _ in 1...4 {
                group.addTask {
                    let host = ScriptHost(client: nil, state: ScriptStateStore(folder: folder, account: "a"))
                    return try await self.result(source, host)
                }
            }
            for try await report in group { #expect(report.ended == .done, "\(report.failure as Any)") }
        }
        let state = ScriptStateStore(folder: folder, account: "a")
        #expect(try await state.value("n", of: StateOwner(fileName: "a.lua")) == 100)
    }

    @Test(arguments: [false, true])
    func `a value is put in place of the one that was read, and only once for each turn`(isScratch: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = ScriptStateStore(folder: folder, account: "a")
        let state: any ScriptState = isScratch ? ScratchState(over: store) : store
        func replace(_ old: JSONValue?, _ new: JSONValue?, _ call: UInt64) async throws -> Bool {
            try await state.replace("k", old, with: new, of: a, as: StateTurn(run: "r", call: call))
        }
        #expect(try await replace(nil, ["n": 1.5], 1))
        #expect(try await !replace(nil, 2, 2))
        #expect(try await !replace(["n": 1], 2, 3))
        #expect(try await replace(["n": 1.5], 2, 4))
        #expect(try await replace(2, nil, 5))
        #expect(try await state.keys(of: a) == [])
        guard !isScratch else { return }
        // A run that goes on asks again for what it had asked before it was cut.
        try await state.set("k", to: 7, of: a)
        #expect(try await replace(nil, ["n": 1.5], 1))
        #expect(try await state.value("k", of: a) == 7)
        #expect(try await !replace(nil, 8, 6))
    }

    @Test func `the file is its owner's, and another account sees nothing of it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (one, same) = (
            ScriptStateStore(folder: folder, account: "a"), ScriptStateStore(folder: folder, account: "a")
        )
        try await one.set("k", to: ["x": [1, "웹"]], of: s)
        #expect(try await same.value("k", of: s) == ["x": [1, "웹"]])
        try await same.set("k", to: 2, of: s)
        #expect(try await one.value("k", of: s) == 2)
        #expect(try await ScriptStateStore(folder: folder, account: "b").keys(of: s) == [])
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/state.sqlite")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }
}
