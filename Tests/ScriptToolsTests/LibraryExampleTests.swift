import Gate
import IwinvTesting
import LuaRuntime
import ScriptHost
import ScriptTools
import Testing

@Suite struct LibraryExampleTests {
    @Test func `every function that scripts have has an example`() {
        #expect(Set(ScriptLibrary.examples.keys) == Set(ScriptLibrary.functions.map(\.name)))
    }

    /// In one cloud, one after the other: an example leaves nothing behind that the next one minds.
    @Test func `every example runs, and uses what it is of`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        let host = ScriptHost(client: client, clock: cloud.clock)
        var options = RunOptions(rules: .program(grants: [try Grant("secret")], protected: []))
        options.showsSecrets = true
        for (name, example) in ScriptLibrary.examples.sorted(by: { $0.key < $1.key }) {
            let word = name.split(separator: ".").last.map(String.init) ?? name
            #expect(example.contains(name.hasPrefix("iwinv.") ? ".\(word)(" : "\(name)"), "\(name)")
            let report = await host.run(try Script(source: example), options: options)
            #expect(report.failure?.message == (name == "fail" ? "three servers did not come back" : nil), "\(example)")
            #expect(report.changes.isEmpty, "\(example)")
        }
        try await client.shutdown()
        try await cloud.stop()
    }
}
