import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import TestSupport
import Testing

@Suite("Faults")
struct FaultTests {
    /// A simulator of a profile with these rules.
    private func withFaults(
        _ rules: String..., profile: CloudProfile? = nil, quota: Int = 60,
        _ body: (SimulatedCloud, JSONValue) async throws -> Void
    ) async throws {
        let rules = try rules.map(FaultRule.init)
        try await withCloud(configure: {
            $0.faults = rules
            $0.profile = profile
            $0.quota?.limit = quota
        }) { cloud in
            try await body(cloud, .string(try #require(cloud.simulator.cloud.servers.first?.id)))
        }
    }

    /// The bytes of an answer to a signed request without a body, over a connection that the client leaves open.
    private func bytes(_ cloud: SimulatedCloud, _ method: String, _ target: String) async throws -> String {
        let credential = try Credential(accessKey: cloud.accessKey, secretKey: cloud.secretKey)
        let path = String(target.prefix { $0 != "?" })
        let headers = WireHeaders.signed(credential, at: cloud.clock.now, path: path)
            .map { "\($0.0): \($0.1)\r\n" }.joined()
        let bytes = try await RawSocket.exchange(
            "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\(headers)\r\n",
            port: cloud.simulator.port)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a lost reply: the change is done, and not a byte comes back", arguments: CloudProfile.allCases)
    func lostReply(profile: CloudProfile) async throws {
        try await withFaults("instances.reboot: once lost-reply", profile: profile) { cloud, id in
            let path = "/v1/instances/\(id.stringValue ?? "")"
            #expect(try await bytes(cloud, "POST", path + "/reboot") == "")
            let record = try #require(cloud.simulator.requests.last)
            #expect(record.fault == .lostReply && record.hadEffect && record.status == 202)
            let status = try await cloud.call("instances.get", ["instance_id": id]).envelope.rows.first?["status"]
            #expect(status == "work")
            // It was once only; the server is busy now, and nothing has an effect.
            let again = try await cloud.send("POST", path + "/reboot")
            #expect(try again.errorCode == .deletedOrWorkingInstance)
            #expect(cloud.simulator.requests.filter(\.hadEffect).count == 1)
        }
    }

    @Test("a reset: nothing is done, not a byte comes back, and the quota is untouched")
    func reset() async throws {
        try await withFaults("*: first 2 reset", quota: 1) { cloud, id in
            let path = "/v1/instances/\(id.stringValue ?? "")/reboot"
            for _ in 0..<2 {
                let answer = try await bytes(cloud, "POST", path)
                #expect(answer == "")
            }
            #expect(cloud.simulator.cloud.servers.first?.status(at: cloud.clock.now) == .active)
            #expect(cloud.simulator.requests.map(\.fault) == [.reset, .reset])
            #expect(cloud.simulator.requests.allSatisfy { !$0.hadEffect && $0.status == 0 })
            #expect(try await cloud.send("POST", path).status == 202)
        }
    }

    @Test("a truncated answer: its head promises more than comes")
    func truncated() async throws {
        try await withFaults("*: truncated") { cloud, id in
            let text = try await bytes(cloud, "POST", "/v1/instances/\(id.stringValue ?? "")/reboot")
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            #expect(parts.count == 2 && parts[0].hasPrefix("HTTP/1.1 202"))
            let length = parts[0].lowercased().firstMatch(of: #/content-length: (\d+)/#).flatMap { Int($0.output.1) }
            #expect(try parts[1].utf8.count < #require(length) && parts[1].hasPrefix("{\"code\""))
            let record = try #require(cloud.simulator.requests.last)
            #expect(record.hadEffect && record.fault == .truncated)
        }
    }

    @Test("a proxy's page, in place of the request and in place of its answer")
    func badGateway() async throws {
        try await withFaults("instances.reboot: once html-502", "instances.reboot: once lost-502") { cloud, id in
            for hasEffect in [false, true] {
                let reply = try await cloud.call("instances.reboot", ["instance_id": id])
                #expect(reply.status == 502 && reply.header("Content-Type") == "text/html")
                #expect(String(decoding: reply.body, as: UTF8.self).contains("502 Bad Gateway"))
                #expect(throws: EnvelopeProblem.self) { try reply.envelope }
                let record = try #require(cloud.simulator.requests.last)
                #expect(record.hadEffect == hasEffect && record.status == 502 && record.errorCode.rawValue.isEmpty)
            }
            #expect(cloud.simulator.requests.map(\.fault) == [.html502, .lost502])
        }
    }

    @Test(
        "refusals without an effect look as the contract says",
        arguments: [
            ("refuse", 400, "error_check_param"), ("refuse(ID_INVALID)", 400, "error_id_invalid"),
            ("busy", 404, "error_busy"), ("check-ip", 403, "error_check_ip"),
            ("429", 429, "assumed/error_rate_limited"), ("429(7s)", 429, "assumed/error_rate_limited"),
        ])
    func refusals(kind: String, status: Int, file: String) async throws {
        let example = try JSONCodec.decode(Fixtures.bytes("examples/\(file).json"))
        try await withFaults("changes: \(kind)") { cloud, id in
            let reply = try await cloud.call("instances.reboot", ["instance_id": id])
            let body = try JSONCodec.decode(reply.body)
            #expect(reply.status == status && body["code"] == example["code"])
            #expect(body["error_code"] == example["error_code"])
            // The texts of the other examples are made up; a client never compares them.
            if !kind.hasPrefix("refuse") { #expect(body == example) }
            #expect(reply.header("Retry-After") == (kind == "429(7s)" ? "7" : nil))
            #expect(cloud.simulator.cloud.servers.first?.status(at: cloud.clock.now) == .active)
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
            #expect(cloud.simulator.requests.map(\.hadEffect) == [false, false])
        }
    }

    @Test("a late page fails, the first does not")
    func latePage() async throws {
        try await withFaults("instances.list: late-page") { cloud, _ in
            for (query, status) in [
                ("", 200), ("?page_no=1", 200), ("?page_no=2", 500), ("?page_no=x", 200),
                ("?page_no=3&page_size=5", 500),
            ] {
                let reply = try await cloud.send("GET", "/v1/instances" + query)
                #expect(reply.status == status, "\(query)")
            }
        }
    }

    @Test("a skewed clock: right signatures are refused, and Date shows why")
    func clockSkew() async throws {
        try await withFaults("zones.list: first 2 clock-skew(-400s)", "zones.list: once clock-skew(100s)") { cloud, _ in
            let refused = try await cloud.send("GET", "/v1/zones")
            #expect(try refused.status == 401 && refused.errorCode == .invalidSignature)
            #expect(refused.header("Date") == "Sat, 09 Mar 2024 15:53:20 GMT")
            // Who signs by that clock gets in.
            #expect(try await cloud.send("GET", "/v1/zones", at: cloud.clock.now + .seconds(-400)).status == 200)
            let small = try await cloud.send("GET", "/v1/zones")
            #expect(small.status == 200 && small.header("Date") == "Sat, 09 Mar 2024 16:01:40 GMT")
            #expect(try await cloud.send("GET", "/v1/zones").header("Date") == "Sat, 09 Mar 2024 16:00:00 GMT")
            #expect(cloud.simulator.requests.filter { $0.fault != nil }.count == 3)
        }
    }

    @Test("who does not get in uses up no fault")
    func turnedAway() async throws {
        try await withFaults("zones.list: once busy") { cloud, _ in
            let stale = try await cloud.send("GET", "/v1/zones", at: Instant(seconds: 0)).status
            let busy = try await cloud.send("GET", "/v1/zones").status
            let good = try await cloud.send("GET", "/v1/zones").status
            #expect(stale == 401 && busy == 404 && good == 200)
            #expect(cloud.simulator.requests.map(\.fault) == [nil, .busy, nil])
        }
    }

    @Test("faults are set and lifted while it runs, and begin anew each time")
    func setting() async throws {
        try await withCloud { cloud in
            let rule = try FaultRule("zones.list: once html-502")
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
            for _ in 0..<2 {
                cloud.simulator.setFaults([rule])
                #expect(cloud.simulator.faults == [rule])
                #expect(try await cloud.send("GET", "/v1/zones").status == 502)
                #expect(try await cloud.send("GET", "/v1/zones").status == 200)
            }
            cloud.simulator.setFaults([])
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
        }
    }

    @Test("equal requests in an equal order meet equal faults")
    func determinism() async throws {
        var histories: [[Int]] = []
        for seed: UInt64 in [1, 1, 2] {
            let rule = try FaultRule("*: 40% html-502, busy, refuse")
            try await withCloud(configure: {
                $0.faults = [rule]
                $0.faultSeed = seed
            }) { cloud in
                for _ in 0..<40 { _ = try await cloud.send("GET", "/v1/zones") }
                histories.append(cloud.simulator.requests.map(\.status))
            }
        }
        #expect(histories[0] == histories[1] && histories[0] != histories[2])
    }
}
