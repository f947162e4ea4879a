import Foundation
import IwinvCatalog
import Testing

@Suite struct RollingRebootTests {
    let reboot = Iwlua.automation("rolling-reboot.lua")

    private func run(_ arguments: String...) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        return try await iwlua.run(
            ["run", reboot, "--simulate", "--allow", "instances:power", "--yes", "--output", "json"] + arguments)
    }

    @Test func `reboots the fleet one by one and sees each come back`() async throws {
        let result = try await run()
        #expect(result.status == 0, "\(result.errors)")
        let changes = try #require(try result.json["changes"]?.arrayValue)
        #expect(changes.count == 12)
        #expect(changes.allSatisfy { $0["operation"] == "instances.reboot" && $0["outcome"] == "confirmed" })
        #expect(try result.json["result"]?["rebooted"]?.arrayValue?.first == "web-01")
    }

    @Test func `reboots several side by side`() async throws {
        let result = try await run("--param", "limit=5")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.json["result"]?["rebooted"]?.arrayValue?.count == 12)
    }

    @Test func `touches nothing outside its window`() async throws {
        let closed = try await run("--param", "window=MON-FRI 22:00-23:00")
        #expect(closed.status == 1)
        #expect(try closed.json["changes"] == [])
        #expect(closed.errors.contains("is closed; it opens in 1d18h"))
    }

    @Test func `stops when the window closes`() async throws {
        // Simulated time starts on Sunday at 04:00 in Seoul; two minutes are not enough for twelve servers.
        let result = try await run("--param", "window=SUN 03:00-04:02")
        #expect(result.status == 1)
        let count = try #require(try result.json["changes"]?.arrayValue?.count)
        #expect((1..<12).contains(count))
        #expect(result.errors.contains("the window closed"))
    }

    @Test func `stops at the first server that does not come back`() async throws {
        let result = try await run("--param", "patience=1s")
        #expect(result.status != 0)
        #expect(try result.json["changes"]?.arrayValue?.count == 1)
        #expect(result.errors.contains("rolling-reboot.lua:"))
        #expect(result.errors.contains("not `active` after 1s"))
    }
}
