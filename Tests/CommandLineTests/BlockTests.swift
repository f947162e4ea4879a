import Foundation
import IwinvCatalog
import Testing

/// A 429 with a long pause: who waits for it, what is said, and how it is lifted.
@Suite struct BlockTests {
    private func states(_ result: Iwlua.Result) throws -> [String: String] {
        let rows = try result.json.arrayValue ?? []
        return Dictionary(
            rows.compactMap { row in
                guard let check = row["check"]?.stringValue, let state = row["state"]?.stringValue else { return nil }
                return (check, state)
            }, uniquingKeysWith: { $1 })
    }

    @Test func `doctor says until when the key waits and why, and lifts it`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--fault", "*: once 429(9000s)")
        let environment = simulator.environment.merging(["LANG": "C.UTF-8"]) { $1 }
        let first = try await iwlua.run("profile", "test", environment: environment)
        #expect(first.status == 4, "\(first.errors)")
        let blocked = try await iwlua.run("doctor", "--output", "json", environment: environment)
        #expect(blocked.status == 4)
        let found = try states(blocked)
        #expect(found["budget"] == "fail" && found["signature"] == nil && found["zones"] == nil, "\(found)")
        let text = try await iwlua.run("doctor", "--lang", "ko", environment: environment)
        #expect(text.output.contains("2h30m 동안 중지 요청") && text.output.contains("iwlua doctor --lift"), "\(text.output)")
        let lifted = try await iwlua.run("doctor", "--lift", "--output", "json", environment: environment)
        #expect(lifted.status == 0, "\(lifted.output)")
        #expect(try states(lifted)["signature"] == "ok")
        _ = try await simulator.stop()
    }

    @Test(arguments: ["run", "plan"])
    func `a command that waits says so at once, without a terminal`(_ command: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua, "--fault", "*: once 429(9000s)")
        _ = try await iwlua.run("profile", "test", environment: simulator.environment)
        let script = try iwlua.file("script.lua", "return #require('iwinv').zones.list()")
        let waiting = try iwlua.start(Iwlua.binary, [command, script], environment: simulator.environment)
        try await waiting.errors(contain: "iwlua doctor --lift")
        waiting.signal(SIGINT)
        let result = try await waiting.end()
        #expect(result.status == 130 && result.errors.contains("the cloud answered 429 and asked for a pause of 2h30m"))
        #expect(result.errors.components(separatedBy: "answered 429").count == 2, "\(result.errors)")
        _ = try await simulator.stop()
    }

    @Test func `a firewall's page with 403 proves nothing about the signature`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let server = try iwlua.file(
            "forbidden.py",
            """
            import http.server
            class Page(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    body = b"<html><title>Blocked by policy</title></html>"
                    self.send_response(403)
                    self.send_header("Content-Type", "text/html")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Page)
            print(f"http://127.0.0.1:{server.server_port}", flush=True)
            server.serve_forever()
            """)
        let page = try iwlua.start(URL(fileURLWithPath: "/usr/bin/python3"), [server])
        let result = try await iwlua.run(
            "doctor", "--output", "json",
            environment: [
                "IWLUA_ENDPOINT": try await page.firstLine(), "IWINV_ACCESS_KEY": "k", "IWINV_SECRET_KEY": "s",
            ])
        page.signal(SIGKILL)
        _ = try await page.end()
        #expect(result.status == 4)
        #expect(try states(result)["signature"] == "fail" && states(result)["address"] == nil, "\(result.output)")
        #expect(result.output.contains("Blocked by policy"))
    }
}
