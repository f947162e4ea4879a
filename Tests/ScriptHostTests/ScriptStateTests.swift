import Clocks
import Foundation
import IwinvCatalog
import LuaRuntime
import RunStore
import ScriptHost
import Testing

@Suite struct ScriptStateTests {
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
    ])
    func `what cannot be kept is refused with a reason`(source: String, reason: String) async throws {
        let report = try await result(source, ScriptHost(client: nil))
        #expect(report.failure?.message.contains(reason) == true, "\(report.failure as Any)")
    }

    @Test func `what is written over a state leaves it as it is`() async throws {
        let base = ScratchState()
        try await base.set("kept", to: 1, of: "a")
        try await base.set("gone", to: 2, of: "a")
        let over = ScratchState(over: base)
        try await over.set("gone", to: nil, of: "a")
        try await over.set("new", to: 3, of: "a")
        #expect(try await over.keys(of: "a") == ["kept", "new"])
        #expect(try await over.value("gone", of: "a") == nil)
        #expect(try await over.value("kept", of: "a") == 1)
        #expect(try await base.keys(of: "a") == ["gone", "kept"])
    }

    @Test func `the file is its owner's, and another account sees nothing of it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (one, same) = (
            ScriptStateStore(folder: folder, account: "a"), ScriptStateStore(folder: folder, account: "a")
        )
        try await one.set("k", to: ["x": [1, "웹"]], of: "s")
        #expect(try await same.value("k", of: "s") == ["x": [1, "웹"]])
        try await same.set("k", to: 2, of: "s")
        #expect(try await one.value("k", of: "s") == 2)
        #expect(try await ScriptStateStore(folder: folder, account: "b").keys(of: "s") == [])
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/state.sqlite")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }
}
