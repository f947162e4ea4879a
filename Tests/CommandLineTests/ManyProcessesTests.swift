import Foundation
import IwinvCatalog
import Testing

/// Several runs of the built program with one key, and replies that get lost.
@Suite struct ManyProcessesTests {
    @Test func `ten processes with one key are never told to slow down`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--quota", "60/2")
        let environment = simulator.environment.merging(["IWLUA_BUDGET": "60/2"]) { $1 }
        let script = try iwlua.file("thirty.lua", "for i = 1, 30 do require('iwinv').zones.list() end")
        let runs = try (0..<10).map { _ in
            try iwlua.start(
                Iwlua.binary, ["run", script, "--log-level", "trace"], environment: environment)
        }
        // One dies in the middle; the others do not notice.
        try await runs[0].errors(contain: "trace zones.list HTTP 200")
        runs[0].signal(SIGKILL)
        for (number, run) in runs.enumerated() {
            let result = try await run.end()
            #expect(!result.errors.contains("HTTP 429"))
            guard number > 0 else { continue }
            #expect(result.status == 0, "\(result.errors.suffix(300))")
            #expect(result.errors.split(separator: "\n").count { $0.contains("HTTP 200") } == 30)
        }
        _ = try await simulator.stop()
    }

    @Test func `a 429 that somebody else caused slows every process`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--quota", "60/60", "--fault", "zones.list: once 429(2s)")
        let script = try iwlua.file("one.lua", "require('iwinv').zones.list()")
        let first = try await iwlua.run(
            "run", script, "--log-level", "trace", environment: simulator.environment)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("HTTP 429"))
        #expect(first.errors.contains("again in 2s"))
        _ = try await simulator.stop()
    }

    @Test func `two hundred renames survive lost replies, resets and busy servers`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let fleet = try iwlua.file("fleet.json", #"{"servers": [{"name": "web-%03d", "count": 200}]}"#)
        let result = try await iwlua.run(
            "run", Iwlua.automation("bulk-rename.lua"), "--simulate=\(fleet)", "--fault",
            "instances.edit: 5% lost-reply, 5% reset, 2% busy-404", "--param", "from=web-", "--param", "to=www-",
            "--allow",
            "instances:edit", "--yes", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let changes = try #require(try result.json["changes"]?.arrayValue)
        let confirmed = changes.filter { $0["outcome"] == "confirmed" }
        // Every server has its new name, once.
        #expect(confirmed.count == 200)
        #expect(Set(confirmed.compactMap { $0["after"]?["name"]?.stringValue }).count == 200)
        #expect(Set(confirmed.compactMap { $0["id"]?.stringValue }).count == 200)
        // What was tried again had been proven undone, or refused as busy; nothing is left open.
        #expect(changes.allSatisfy { $0["outcome"] == "confirmed" || $0["outcome"] == "refused" })
        #expect(changes.contains { $0["outcome"] == "refused" && $0["settled_by"] == "instances.get" })
        #expect(confirmed.contains { $0["settled_by"] == "instances.get" })
    }
}
