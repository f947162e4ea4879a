import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import TestSupport
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

    /// Lists against a server that answers everything in one way.
    private func list(secure: Bool = false, answer: @escaping @Sendable (String) -> RawServer.Answer) async throws
        -> Iwlua.Result
    {
        let server = try await RawServer.start(tls: secure ? ServerTLS() : nil, answer)
        let result = try await list(endpoint: "\(secure ? "https" : "http")://127.0.0.1:\(server.port)")
        try await server.stop()
        return result
    }

    @Test func `a certificate that nobody vouches for`() async throws {
        let result = try await list(secure: true) { _ in .http("200 OK", "{}") }
        #expect(result.status == 4)
        #expect(result.errors.contains("signed by itself") && result.errors.contains("`ca_file`"))
    }

    @Test func `HTML from a proxy`() async throws {
        let page = "<html><script>alert(1)</script></html>"
        let result = try await list { _ in .http("502 Bad Gateway", page, headers: "Content-Type: text/html\r\n") }
        #expect(result.status == 4)
        #expect(result.errors.contains("HTML"))
        #expect(result.errors.contains("502"))
    }

    @Test func `truncated JSON`() async throws {
        let result = try await list { _ in .http("200 OK", #"{"code": "0x00", "error_code": "SUCC"#) }
        #expect(result.status == 4)
        #expect(result.errors.contains("JSON"))
    }

    @Test func `a reply of 50 MB`() async throws {
        let result = try await list { _ in .flood(50) }
        #expect(result.status == 4)
        #expect(result.errors.contains("8 MiB"))
    }

    @Test func `a redirect to another host is refused and not followed`() async throws {
        let other = try await RawServer.start { _ in .http("200 OK", "{}") }
        let target = "http://127.0.0.1:\(other.port)/v1/steal"
        let result = try await list { _ in .http("302 Found", "", headers: "Location: \(target)\r\n") }
        #expect(result.status == 4)
        #expect(result.errors.contains("redirect"))
        #expect(other.connections == 0)
        try await other.stop()
    }

    @Test func `plain HTTP to another machine is refused before anything is sent`() async throws {
        let result = try await list(endpoint: "http://192.0.2.1")
        #expect(result.status == 2)
        #expect(result.errors.contains("https"))
    }

    @Test func `a second Ctrl-C still says what was on its way`() async throws {
        let instance = String(decoding: try Fixtures.bytes("examples/edit_instance.json"), as: UTF8.self)
        let (sent, sending) = AsyncStream<Void>.makeStream()
        let server = try await RawServer.start { request in
            if request.hasPrefix("GET ") { return .http("200 OK", instance) }
            sending.finish()
            return .silence
        }
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "edit.lua", #"require("iwinv").instances.edit("INSTANCE-z3oB3PugYnKmmyxKyGzr9", { name = "web-77" })"#)
        let run = try iwlua.start(
            Iwlua.binary, ["run", script, "--allow", "instances:edit", "--yes", "--output", "json"],
            environment: [
                "IWLUA_ENDPOINT": "http://127.0.0.1:\(server.port)", "IWINV_ACCESS_KEY": "key",
                "IWINV_SECRET_KEY": Self.secret,
            ])
        for await _ in sent {}
        run.signal(SIGINT)
        try await run.errors(contain: "waiting for what is on its way")
        run.signal(SIGINT)
        let result = try await run.end()
        #expect(result.status == 5, "\(result.errors)")
        #expect(try result.json["changes"]?.arrayValue?.first?["outcome"] == "unknown")
        try await server.stop()
    }

    @Test func `a rename that was cut off and does not show was not made, and is sent once`() async throws {
        let instance = String(decoding: try Fixtures.bytes("examples/edit_instance.json"), as: UTF8.self)
        let server = try await RawServer.start { request in
            request.hasPrefix("GET ") ? .http("200 OK", instance) : .close
        }
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let script = try iwlua.file(
            "edit.lua", #"require("iwinv").instances.edit("INSTANCE-z3oB3PugYnKmmyxKyGzr9", { name = "web-77" })"#)
        let result = try await iwlua.run(
            "run", script, "--allow", "instances:edit", "--yes", "--output", "json",
            environment: [
                "IWLUA_ENDPOINT": "http://127.0.0.1:\(server.port)", "IWINV_ACCESS_KEY": "key",
                "IWINV_SECRET_KEY": Self.secret,
            ])
        #expect(result.status == 4, "\(result.errors)")
        #expect(result.errors.contains("show that the change was not made"))
        let change = try #require(try result.json["changes"]?.arrayValue?.first)
        #expect(change["outcome"] == "refused")
        #expect(change["settled_by"] == "instances.get")
        #expect(change["before"] == ["name": "iwinv API test"])
        #expect(server.requests.filter { !$0.hasPrefix("GET ") }.count == 1)
        try await server.stop()
    }
}
