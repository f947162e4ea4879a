import Clocks
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import IwinvCatalog
import IwinvWire
import RunStore
import Synchronization
import TestSupport
import Testing

/// `notify:` in the config file: receivers on this machine, and a daemon that is killed.
@Suite struct NotificationTests {
    // MARK: - A daemon

    @Test(.debugProgram, .timeLimit(.minutes(3)))
    func `a failure is told once although the daemon is killed, and then the recovery`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 60)
        let refuses = Mutex(true)
        let server = try await RawServer.start { _ in
            refuses.withLock(\.self) ? .http("500 No", "secret-of-the-server") : .http("204 Fine", "")
        }
        let other = try await RawServer.start { _ in .http("200 OK", "ok") }
        let output = world.world.iwlua.folder.appendingPathComponent("told.json").path
        let program = try world.world.iwlua.file(
            "tell.sh", "#!/bin/sh\ncat >> '\(output)'\n", mode: 0o755)
        try world.configure(
            """
            notify:
              - name: flaky
                kind: json
                url: http://127.0.0.1:\(server.port)/hook/T0KEN?x=1
                secret: s3cret
                on: [failure, recovery]
              - {name: chat, kind: slack, url_env: CHAT_URL, on: [failure, unknown]}
              - {name: mail, kind: command, command: ["\(program)"], schedules: ["of*"], on: [failure, recovery]}
              - {name: never, kind: discord, url_env: CHAT_URL, schedules: ["other-*"]}
            """)
        let environment = ["CHAT_URL": "http://127.0.0.1:\(other.port)/services/T0KEN", "LEAK": "not for commands"]
        try await world.add("often", server: world.servers[0], "--every", "1d")
        try world.world.setFaults(["instances.edit: refuse"])
        _ = try await world.world.run(["schedule", "run", "often"])
        let first = try world.daemon(with: environment)
        // Told, and not believed: it is in the outbox, and waits for another try.
        try await world.until { server.requests.count >= 1 && other.requests.count >= 1 }
        try await first.errors(contain: "notify flaky: not told: HTTP 500")
        try await world.until { try await world.ledger.deliveries().map(\.target) == ["flaky"] }
        first.signal(SIGKILL)
        let killed = try await first.end()
        refuses.withLock { $0 = false }
        let next = try world.daemon("--listen", "127.0.0.1:0", with: environment)
        try await world.until { try await world.ledger.deliveries().isEmpty }
        try world.world.setFaults([])
        _ = try await world.world.run(["schedule", "run", "often"])
        try await world.until { try await world.ledger.schedule("often").last?.word == "done" }
        try await world.until { server.requests.contains { $0.contains("\"recovery\"") } }
        try await world.until { try await world.ledger.deliveries().isEmpty }
        let metrics = try await Self.metrics(of: next)
        #expect(metrics.contains("iwlua_notifications_total{target=\"flaky\",result=\"sent\"} 2\n"), "\(metrics)")
        next.signal(SIGTERM)
        let ended = try await next.end()
        #expect(ended.status == 0, "\(ended.errors)")

        let documents = try server.requests.map(Self.document)
        let failures = documents.filter { $0["event"] == "failure" }
        #expect(failures.count >= 2 && Set(failures.map { $0["key"] }).count == 1, "\(documents)")
        #expect(documents.count == failures.count + 1 && documents.last?["event"] == "recovery")
        let keys = Set(server.requests.map { Self.header("Idempotency-Key", $0) })
        #expect(keys == Set(documents.map { $0["key"]?.stringValue ?? "" }) && keys.count == 2)
        // What the receiver would check.
        for request in server.requests {
            let body = request.components(separatedBy: "\r\n\r\n").last ?? ""
            let timestamp = Self.header("X-Iwlua-Timestamp", request)
            let expected = Signature.hex(timestamp: timestamp + ".", path: body, secretKey: "s3cret")
            #expect(Self.header("X-Iwlua-Signature", request) == "sha256=\(expected)")
            #expect(request.hasPrefix("POST /hook/T0KEN?x=1 HTTP/1.1\r\n"))
        }
        let failure = try #require(failures.first)
        let run = try #require(failure["run"]?.stringValue)
        #expect(failure["schedule"] == "often" && failure["word"] == "refused" && failure["changes"] == ["refused": 1])
        #expect(failure["text"]?.stringValue?.contains("look: iwlua runs show \(run)") == true)
        // The others had it at once: exactly once.
        #expect(other.requests.count == 1 && other.requests[0].contains("often: run refused"))
        let lines = try world.world.iwlua.text(of: "told.json").split(separator: "\n")
        #expect(try lines.map { try JSONCodec.decode(Array($0.utf8))["event"] } == ["failure", "recovery"])
        for text in [killed.errors, ended.errors] {
            for secret in ["T0KEN", "s3cret", "secret-of-the-server"] { #expect(!text.contains(secret), "\(text)") }
        }
        try await server.stop()
        try await other.stop()
        try await world.world.end()
    }

    @Test(.debugProgram, .timeLimit(.minutes(2)))
    func `an unknown outcome and missed instants are told, in Korean if that is the language`() async throws {
        let world = try await DaemonWorld(schedules: 2, rate: 600)
        let server = try await RawServer.start { _ in .http("200 OK", "") }
        try world.configure(
            "language: ko\nnotify: [{name: hook, kind: json, url: \"http://127.0.0.1:\(server.port)\"}]\n")
        let script = try world.world.iwlua.file(
            "reboot.lua",
            """
            -- ==Script==
            -- @needs instances:power
            -- ==/Script==
            require("iwinv").instances.get("\(world.servers[1])"):reboot()
            """)
        let added = try await world.world.run(
            ["schedule", "add", "reboot", script, "--every", "30d", "--allow", "instances:power"])
        #expect(added.status == 0, "\(added.errors)")
        _ = try await world.world.run(["schedule", "run", "reboot"])
        // It dies when a request has left, and nothing that can be read tells what became of a restart.
        let dying = try world.daemon(with: ["IWLUA_FAIL_AT": "after-sending#1"])
        #expect(try await dying.end().status == SIGKILL)
        try await world.add("often", server: world.servers[0], "--every", "10m")
        // Nobody is there for some of its instants.
        let start = SystemClock().now
        try await world.until { SystemClock().now - start > .seconds(3) }
        let daemon = try world.daemon()
        try await world.until { Set(server.requests.compactMap(Self.event)).isSuperset(of: ["missed", "unknown"]) }
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(ended.status == 0, "\(ended.errors)")
        let documents = try server.requests.map(Self.document)
        let missed = try #require(documents.first { $0["event"] == "missed" })
        #expect(missed["schedule"] == "often" && missed["word"] == "daemon down")
        #expect((missed["count"]?.integerValue ?? 0) >= 2, "\(missed)")
        #expect(missed["text"]?.stringValue?.contains("놓쳤습니다") == true)
        let unknown = documents.filter { $0["event"] == "unknown" }
        #expect(unknown.count == 1 && unknown[0]["schedule"] == "reboot" && unknown[0]["paused"] == "unknown outcome")
        #expect(unknown[0]["changes"] == ["unknown": 1], "\(unknown)")
        #expect(unknown[0]["text"]?.stringValue?.contains("확인: iwlua runs show ") == true)
        #expect(try await world.ledger.schedule("reboot").state == .paused(reason: "unknown outcome"))
        try await server.stop()
        try await world.world.end()
    }

    @Test(.timeLimit(.minutes(2)))
    func `what SIGTERM leaves unsent stays in the outbox, and who is not told any more is said`() async throws {
        let world = try await DaemonWorld(schedules: 1, rate: 1)
        let server = try await RawServer.start { _ in .http("503 Later", "", headers: "Retry-After: 600\r\n") }
        try world.configure("notify: [{name: hook, kind: discord, url: \"http://127.0.0.1:\(server.port)\"}]\n")
        try await world.add("often", server: world.servers[0], "--every", "1d")
        try world.world.setFaults(["instances.edit: refuse"])
        _ = try await world.world.run(["schedule", "run", "often"])
        let first = try world.daemon(with: [:])
        try await world.until { try await world.ledger.deliveries().first?.tries == 1 }
        first.signal(SIGTERM)
        let stopped = try await first.end()
        #expect(stopped.status == 0 && stopped.errors.contains("notify hook: not told: HTTP 503"), "\(stopped.errors)")
        let left = try #require(try await world.ledger.deliveries().first)
        // The receiver's wish, and not ten seconds.
        #expect(left.due - SystemClock().now > .seconds(500))
        try await world.ledger.postponed(left, until: SystemClock().now)
        try world.configure("notify: []\n")
        let next = try world.daemon(with: [:])
        try await next.errors(contain: "given up after 3 tries (often, failure)")
        try await world.until { try await world.ledger.deliveries().isEmpty }
        next.signal(SIGTERM)
        #expect(try await next.end().status == 0)
        #expect(server.requests.count == 1)
        try await server.stop()
        try await world.world.end()
    }

    // MARK: - test-notify

    @Test func `a test message goes to each receiver, marked, and says who did not get it`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let server = try await RawServer.start { request in
            switch request.split(separator: " ")[1] {
            case "/well": .http("200 OK", "ok")
            case "/elsewhere": .http("302 Found", "", headers: "Location: /well\r\n")
            case "/gone": .http("404 Not Found", "T0KEN")
            default: .close
            }
        }
        let place = "http://127.0.0.1:\(server.port)"
        let kept = try iwlua.file("hook", "\(place)/well\n", mode: 0o600)
        let program = try iwlua.file(
            "tell.sh", "#!/bin/sh\nenv > '\(iwlua.folder.path)/env'\ncat > '\(iwlua.folder.path)/told'\n", mode: 0o755)
        let failing = try iwlua.file("fail.sh", "#!/bin/sh\nexit 3\n", mode: 0o755)
        _ = try iwlua.file(
            "config/iwlua/config.yaml",
            """
            notify:
              - {name: slack, kind: slack, url_file: "\(kept)"}
              - {name: discord, kind: discord, url_command: "echo \(place)/well"}
              - {name: elsewhere, kind: json, url_command: "echo \(place)/elsewhere"}
              - {name: gone, kind: json, url_command: "echo \(place)/gone"}
              - {name: cut, kind: json, url_command: "echo \(place)/cut"}
              - {name: nowhere, kind: json, url_env: NO_SUCH}
              - {name: tell, kind: command, command: ["\(program)", "a b"]}
              - {name: fail, kind: command, command: ["\(failing)"]}
              - {name: absent, kind: command, command: [/nowhere/at/all]}
            """)
        let all = try await iwlua.run(["schedule", "test-notify"], environment: ["LEAK": "not for commands"])
        #expect(all.status == 1, "\(all.errors)")
        #expect(
            all.output == """
                slack (slack): sent
                discord (discord): sent
                elsewhere (json): not sent: HTTP 302
                gone (json): not sent: HTTP 404
                cut (json): not sent: connection lost
                nowhere (json): not sent: the environment variable NO_SUCH is not set
                tell (command): sent
                fail (command): not sent: ended with status 3
                absent (command): not sent: it cannot be started: No such file or directory

                """, "\(all.output)")
        #expect(
            server.requests.filter { $0.hasPrefix("POST /well") }.allSatisfy { $0.contains("this is a test message") })
        #expect(try JSONCodec.decode(Array(iwlua.text(of: "told").utf8))["test"] == true)
        let variables = try iwlua.text(of: "env")
        #expect(!variables.contains("LEAK") && variables.contains("IWLUA_NOTIFY_EVENT=test"), "\(variables)")
        let one = try await iwlua.run("schedule", "test-notify", "slack", "--lang", "ko", "--output", "json")
        #expect(one.status == 0, "\(one.errors)")
        #expect(try one.json.arrayValue?.first?["sent"] == true)
        #expect(server.requests.last?.contains("시험 메시지") == true)
        let wrong = try await iwlua.run("schedule", "test-notify", "slakc")
        #expect(wrong.status == 2 && wrong.errors.contains("did you mean `slack`?"), "\(wrong.errors)")
        try await server.stop()
    }

    @Test(arguments: [
        ("{name: a, kind: json, url: 'https://x/', ulr: b}", "did you mean `url`?"),
        ("{name: a, kind: slakc, url: 'https://x/'}", "did you mean `slack`?"),
        ("{name: a, kind: slack}", "name one of url, url_file"),
        ("{name: a, kind: slack, url: 'https://x/', url_env: B}", "name one of url, url_file"),
        ("{name: a, kind: slack, url: 'http://example.com/T0KEN'}", "http:// is for this machine only"),
        ("{name: a, kind: slack, url: 'https://u:T0KEN@example.com/'}", "no user name or password"),
        ("{name: a, kind: slack, url: 'https://example.com/', secret: s}", "only `json` is signed"),
        ("{name: a, kind: json, url_env: A, on: [failures]}", "did you mean `failure`?"),
        ("{name: a, kind: command, command: [mail]}", "a program with its whole path"),
        ("{name: a, kind: json, url_env: A}, {name: a, kind: json, url_env: B}", "two of this name"),
        ("{kind: json, url_env: A}", "`notify.Index 0.name` is missing"),
    ])
    func `a slip in the settings is told with what to do`(_ entry: String, _ words: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        _ = try iwlua.file("config/iwlua/config.yaml", "notify: [\(entry)]\n", mode: 0o600)
        let result = try await iwlua.run("schedule", "test-notify")
        #expect(result.status == 7 && result.errors.contains(words), "\(result.errors)")
        #expect(!result.errors.contains("T0KEN"))
    }

    @Test func `an address that others may read is refused, and none at all is said`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let none = try await iwlua.run("schedule", "test-notify")
        #expect(none.status == 2 && none.errors.contains("`notify:`"), "\(none.errors)")
        _ = try iwlua.file(
            "config/iwlua/config.yaml", "notify: [{name: a, kind: slack, url: 'https://127.0.0.1:1/x'}]\n", mode: 0o644)
        for command in [["schedule", "test-notify"], ["daemon"]] {
            let result = try await iwlua.run(
                command, environment: ["IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path])
            #expect(result.status == 7 && result.errors.contains("chmod 600"), "\(result.errors)")
        }
        // What another command writes keeps the receivers.
        _ = try iwlua.file(
            "config/iwlua/config.yaml", "notify: [{name: a, kind: slack, url_env: A, on: [failure]}]\n", mode: 0o600)
        let added = try await iwlua.run("profile", "add", "prod", "--access-key", "k", input: "s\n")
        #expect(added.status == 0, "\(added.errors)")
        let kept = try await iwlua.run("schedule", "test-notify", "a")
        #expect(kept.status == 1 && kept.output.contains("the environment variable A is not set"), "\(kept.errors)")
    }

    // MARK: - Requests

    private static func document(_ request: String) throws -> JSONValue {
        try JSONCodec.decode(Array((request.components(separatedBy: "\r\n\r\n").last ?? "").utf8))
    }

    private static func metrics(of daemon: Iwlua.Running) async throws -> String {
        let line = try #require(try daemon.errorsSoFar.split(separator: "\n").first { $0.contains("listening on ") })
        let address = try #require(line.split(separator: " ").last.map(String.init))
        let url = try #require(URL(string: address + "/metrics"))
        return try await String(decoding: URLSession.shared.data(from: url).0, as: UTF8.self)
    }

    private static func event(_ request: String) -> String? { try? document(request)["event"]?.stringValue }

    private static func header(_ name: String, _ request: String) -> String {
        let line = request.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
        return String((line ?? "").dropFirst(name.count + 2))
    }
}

extension DaemonWorld {
    /// Writes the config file, for its owner only.
    func configure(_ text: String) throws {
        _ = try world.iwlua.file("config/iwlua/config.yaml", text, mode: 0o600)
    }

    func daemon(_ words: String..., with more: [String: String]) throws -> Iwlua.Running {
        let environment = world.environment.merging(clock) { $1 }.merging(more) { $1 }
        return try world.iwlua.start(Iwlua.binary, ["daemon"] + words, environment: environment)
    }
}
