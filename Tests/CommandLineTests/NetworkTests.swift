import Foundation
import IwinvCatalog
import IwinvWire
import TestSupport
import Testing

/// The program in a company's network: behind a proxy, with an authority of its own.
@Suite struct NetworkTests {
    private static let login = "someone:hunter2"

    /// A cloud called cloud.test that knows one zone, and a proxy before it.
    private func withCompany(
        tls: ServerTLS? = ServerTLS("cloud"),
        server answer: @escaping @Sendable (String) -> RawServer.Answer = { _ in .http("200 OK", zones) },
        proxy wish: @escaping @Sendable (Int) -> ForwardProxy.Answer = { .connect(port: $0) },
        _ body: (Iwlua, RawServer, ForwardProxy) async throws -> Void
    ) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let server = try await RawServer.start(tls: tls, answer)
        let port = server.port
        let proxy = try await ForwardProxy.start { _ in wish(port) }
        try await body(iwlua, server, proxy)
        // Whatever was written, and wherever: the proxy's password is not in it.
        for case let name as String in FileManager.default.enumerator(atPath: iwlua.folder.path) ?? .init() {
            let data = FileManager.default.contents(atPath: iwlua.folder.path + "/" + name) ?? Data()
            #expect(!String(decoding: data, as: UTF8.self).contains("hunter2"), "\(name)")
        }
        try await proxy.stop()
        try await server.stop()
    }

    private static let zones = String(
        decoding: JSONCodec.encode(Envelope.success(rows: [["zone_id": "z"]])), as: UTF8.self)

    private func environment(_ proxy: ForwardProxy, _ more: [String: String] = [:]) throws -> [String: String] {
        [
            "IWINV_ACCESS_KEY": "access", "IWINV_SECRET_KEY": "s3cret", "IWLUA_ENDPOINT": "https://cloud.test",
            "HTTPS_PROXY": "http://\(Self.login)@127.0.0.1:\(proxy.port)",
            "IWLUA_CA_FILE": try Fixtures.path("tls/authority.pem"), "LANG": "C.UTF-8",
        ].merging(more) { $1 }
    }

    private static let script = ["run", "--log-level", "trace", "-e", "print(#require('iwinv').zones.list())"]

    private func findings(_ iwlua: Iwlua, _ environment: [String: String]) async throws -> [String: JSONValue] {
        let result = try await iwlua.run("doctor", "--output", "json", environment: environment)
        let rows = try #require(try result.json.arrayValue)
        return Dictionary(
            rows.compactMap { row in row["check"]?.stringValue.map { ($0, row) } },
            uniquingKeysWith: { first, _ in first })
    }

    @Test func `a script reaches the cloud through the proxy`() async throws {
        try await withCompany { iwlua, server, proxy in
            let result = try await iwlua.run(Self.script, environment: environment(proxy))
            #expect(result.status == 0 && result.output == "1\n", "\(result.errors)")
            #expect(server.requests.count == 1 && proxy.wishes.count == 1)
        }
    }

    @Test func `doctor says by which proxy, and whom it trusts`() async throws {
        try await withCompany { iwlua, _, proxy in
            let all = try environment(proxy)
            let found = try await findings(iwlua, all)
            #expect(
                found["proxy"]?["message"]
                    == .string("requests go through the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY)"))
            let trust = try #require(found["trust"]?["message"]?.stringValue)
            #expect(trust.hasSuffix(", and 1 certificate of \(try Fixtures.path("tls/authority.pem"))"))
            #expect(found["signature"]?["state"] == "ok")

            let excepted = try await findings(iwlua, all.merging(["no_proxy": ".test"]) { $1 })
            #expect(
                excepted["proxy"]?["message"] == "HTTPS_PROXY is set and not used: no_proxy covers cloud.test (`.test`)"
            )
            let local = try await findings(iwlua, all.merging(["IWLUA_ENDPOINT": "http://127.0.0.1:9"]) { $1 })
            #expect(
                local["proxy"]?["message"] == "HTTPS_PROXY is set and not used: the endpoint is on this machine")
        }
    }

    @Test func `a proxy's refusal is the proxy's, in both languages`() async throws {
        let answer = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
        try await withCompany(proxy: { _ in .bytes(answer) }) { iwlua, server, proxy in
            let result = try await iwlua.run(Self.script, environment: environment(proxy))
            #expect(result.status == 4)
            #expect(
                result.errors.contains(
                    "the proxy 127.0.0.1:\(proxy.port) does not accept the user name and password"))
            #expect(result.errors.contains("http://NAME:PASSWORD@HOST:PORT"))
            let korean = try await iwlua.run(Self.script, environment: environment(proxy, ["IWLUA_LANG": "ko"]))
            #expect(korean.errors.contains("프록시 127.0.0.1:\(proxy.port)이(가) 사용자 이름과 비밀번호를 받아들이지 않습니다"))
            #expect(proxy.wishes.count == 2 && server.connections == 0)
        }
    }

    @Test func `an address that is none ends it before anything is sent`() async throws {
        try await withCompany { iwlua, server, proxy in
            for command in [Self.script, ["doctor"], ["profile", "test"]] {
                let result = try await iwlua.run(
                    command, environment: environment(proxy, ["HTTPS_PROXY": "http//\(Self.login)@p"]))
                #expect(result.status == 2, "\(command)")
                let said = result.output + result.errors
                #expect(said.contains("HTTPS_PROXY is not the address of a proxy"), "\(said)")
            }
            let simulated = try await iwlua.run(
                ["run", "--simulate", "-e", "print(1)"], environment: environment(proxy, ["HTTPS_PROXY": "http//p"]))
            #expect(simulated.status == 0)
            #expect(server.connections == 0 && proxy.connections == 0)
        }
    }

    // MARK: - Authorities

    @Test func `without the company's authority the cause and the remedy are named`() async throws {
        try await withCompany { iwlua, server, proxy in
            let result = try await iwlua.run(Self.script, environment: environment(proxy, ["IWLUA_CA_FILE": ""]))
            #expect(result.status == 4)
            #expect(result.errors.contains("signed by “Example Company Root (Example Company)”"))
            #expect(result.errors.contains("`ca_file` (IWLUA_CA_FILE)"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a profile has it, the environment wins, and what other programs use comes last`() async throws {
        try await withCompany { iwlua, server, proxy in
            let authority = try Fixtures.path("tls/authority.pem")
            let other = try Fixtures.path("tls/self.pem")
            var environment = try environment(proxy)
            for name in ["IWINV_ACCESS_KEY", "IWINV_SECRET_KEY", "IWLUA_ENDPOINT", "IWLUA_CA_FILE"] {
                environment[name] = nil
            }
            let added = try await iwlua.run(
                [
                    "profile", "add", "company", "--access-key", "access", "--endpoint", "https://cloud.test",
                    "--ca-file",
                    authority,
                ], environment: environment, input: "s3cret\n")
            #expect(added.status == 0, "\(added.errors)")
            for (more, status) in [
                ([:], 0), (["SSL_CERT_FILE": other], 0), (["IWLUA_CA_FILE": other], 4),
                (["IWLUA_CA_FILE": "none", "SSL_CERT_FILE": authority], 4),
            ] as [([String: String], Int32)] {
                let result = try await iwlua.run(Self.script, environment: environment.merging(more) { $1 })
                #expect(result.status == status, "\(more)")
            }
            let shown = try await iwlua.run(
                ["profile", "show", "company", "--output", "json"], environment: environment)
            let document = try shown.json
            #expect(document["ca_file"] == .string(authority) && document["ca_file_from"] == "config.yaml")
            #expect(server.requests.count == 2)
        }
        try await withCompany { iwlua, _, proxy in
            var environment = try environment(proxy)
            environment["SSL_CERT_FILE"] = environment.removeValue(forKey: "IWLUA_CA_FILE")
            let result = try await iwlua.run(Self.script, environment: environment)
            #expect(result.status == 0)
        }
    }

    @Test func `a file of certificates that is of no use is named with its setting`() async throws {
        try await withCompany { iwlua, server, proxy in
            let empty = try iwlua.file("empty.pem", "no certificate\n")
            for (path, words) in [
                ("/no/such.pem", "cannot be read: No such file"), (empty, "holds no certificate in PEM form"),
                ("ca.pem", "write the whole path"),
            ] {
                for variable in ["IWLUA_CA_FILE", "SSL_CERT_FILE"] {
                    var environment = try environment(proxy, ["IWLUA_CA_FILE": ""])
                    environment[variable] = path
                    let result = try await iwlua.run(Self.script, environment: environment)
                    #expect(result.status == 2)
                    #expect(result.errors.contains(variable) && result.errors.contains(words), "\(result.errors)")
                    #expect(result.errors.contains(path))
                }
            }
            _ = try iwlua.file(
                "config/iwlua/config.yaml",
                """
                current: company
                profiles:
                  company: {access_key: access, secret: {env: KEY}, endpoint: "https://cloud.test", ca_file: \(empty)}
                """, mode: 0o600)
            var environment = try environment(proxy, ["KEY": "s3cret"])
            for name in ["IWINV_ACCESS_KEY", "IWINV_SECRET_KEY", "IWLUA_CA_FILE"] { environment[name] = nil }
            let result = try await iwlua.run(Self.script, environment: environment)
            #expect(result.status == 7 && result.errors.contains("profile company, ca_file"), "\(result.errors)")
            #expect(server.connections == 0 && proxy.connections == 0)
        }
    }

    // MARK: - Encodings

    @Test func `bytes that are no text are not shown`() async throws {
        // The head of gzip, and then a block of no kind.
        let body = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF] + Array("hunter1".utf8)
        for encoding in ["", "Content-Encoding: gzip\r\n"] {
            let head = "HTTP/1.1 200 OK\r\n\(encoding)Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
            try await withCompany(server: { _ in .data(Array(head.utf8) + body) }) { iwlua, _, proxy in
                let result = try await iwlua.run(Self.script, environment: environment(proxy))
                #expect(result.status == 4)
                #expect(result.errors.contains("sent a compressed reply although none was asked for"))
                #expect(!result.errors.contains("hunter1") && !result.errors.contains("\u{FFFD}"))
            }
        }
    }
}
