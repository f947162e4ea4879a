import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import Testing

/// A cloud that is not there, not willing, or not a cloud. Each ends with exit 4 and a sentence that says which.
@Suite struct CloudFaultTests {
    static let secret = "s3cret-KEY-that-must-not-show"

    private func list(
        endpoint: String, secret: String = CloudFaultTests.secret, access: String = "simulated-access-key"
    ) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run(
            "run", Iwlua.automation("inventory.lua"), "--endpoint", endpoint,
            environment: ["IWINV_ACCESS_KEY": access, "IWINV_SECRET_KEY": secret])
        for text in [result.output, result.errors] {
            #expect(!text.contains(secret))
            #expect(!text.lowercased().contains("x-iwinv"))
            #expect(text.firstMatch(of: #/[0-9a-f]{64}/#) == nil)
        }
        return result
    }

    @Test func `a wrong secret`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let result = try await list(endpoint: simulator.environment["IWLUA_ENDPOINT"] ?? "")
        #expect(result.status == 4)
        #expect(result.errors.contains("INVALID_SIGNATURE"))
        #expect(result.errors.contains("wrong secret key"))
        #expect(result.errors.contains("inventory.lua:"))
        _ = try await simulator.stop()
    }

    @Test func `a clock that is ten minutes off`() async throws {
        let clock = VirtualClock(start: SystemClock().now + .seconds(600))
        let simulator = try await IwinvSimulator.start(
            SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock))
        let result = try await list(endpoint: simulator.endpoint, secret: "simulated-secret-key")
        #expect(result.status == 4)
        #expect(result.errors.contains("clock"))
        try await simulator.stop()
    }

    @Test func `a server that is down`() async throws {
        let result = try await list(endpoint: "http://127.0.0.1:9")
        #expect(result.status == 4)
        #expect(result.errors.contains("127.0.0.1"))
        #expect(result.errors.contains("nothing was changed"))
    }

    @Test func `TLS that cannot be had`() async throws {
        let server = try FaultServer(.garbage)
        defer { server.stop() }
        let result = try await list(endpoint: "https://127.0.0.1:\(server.port)")
        #expect(result.status == 4)
        #expect(result.errors.contains("TLS"))
    }

    @Test func `HTML from a proxy`() async throws {
        let server = try FaultServer(
            .page(status: 502, type: "text/html", body: "<html><script>alert(1)</script></html>"))
        defer { server.stop() }
        let result = try await list(endpoint: server.endpoint)
        #expect(result.status == 4)
        #expect(result.errors.contains("HTML"))
        #expect(result.errors.contains("502"))
    }

    @Test func `truncated JSON`() async throws {
        let server = try FaultServer(
            .page(status: 200, type: "application/json", body: #"{"code": "0x00", "error_code": "SUCC"#))
        defer { server.stop() }
        let result = try await list(endpoint: server.endpoint)
        #expect(result.status == 4)
        #expect(result.errors.contains("JSON"))
    }

    @Test func `a reply of 50 MB`() async throws {
        let server = try FaultServer(.flood(bytes: 50 << 20))
        defer { server.stop() }
        let result = try await list(endpoint: server.endpoint)
        #expect(result.status == 4)
        #expect(result.errors.contains("8 MiB"))
    }

    @Test func `a redirect to another host is refused and not followed`() async throws {
        let other = try FaultServer(.page(status: 200, type: "application/json", body: "{}"))
        defer { other.stop() }
        let server = try FaultServer(.redirect(to: "http://127.0.0.1:\(other.port)/v1/steal"))
        defer { server.stop() }
        let result = try await list(endpoint: server.endpoint)
        #expect(result.status == 4)
        #expect(result.errors.contains("redirect"))
        #expect(other.connections == 0)
    }

    @Test func `plain HTTP to another machine is refused before anything is sent`() async throws {
        let result = try await list(endpoint: "http://192.0.2.1")
        #expect(result.status == 2)
        #expect(result.errors.contains("https"))
    }

    @Test func `a rename whose reply is lost has an unknown outcome and is sent once`() async throws {
        let server = try FaultServer(.dropsWrites)
        defer { server.stop() }
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "edit.lua", #"require("iwinv").instances.edit("INSTANCE-z3oB3PugYnKmmyxKyGzr9", { name = "web-77" })"#)
        let result = try await iwlua.run(
            "run", script, "--allow", "instances:edit", "--yes", "--output", "json",
            environment: [
                "IWLUA_ENDPOINT": server.endpoint, "IWINV_ACCESS_KEY": "key", "IWINV_SECRET_KEY": Self.secret,
            ])
        #expect(result.status == 5, "\(result.errors)")
        #expect(try result.json["ended"] == "unknown")
        let change = try #require(try result.json["changes"]?.arrayValue?.first)
        #expect(change["outcome"] == "unknown")
        #expect(change["before"] == ["name": "iwinv API test"])
        #expect(server.writes == 1)
    }
}
