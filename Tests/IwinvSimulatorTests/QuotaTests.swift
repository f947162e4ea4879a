import Clocks
import IwinvCatalog
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@testable import IwinvSimulator

@Suite("Quota (CONTRACT 1.5, U1)")
struct QuotaTests {
    @Test("the 61st request of a minute gets 429 with Retry-After; after the window all are free again")
    func window() async throws {
        try await withCloud { cloud in
            for _ in 0..<60 { #expect(try await cloud.send("GET", "/v1/zones").status == 200) }
            cloud.clock.advance(by: .milliseconds(17_500))
            let refused = try await cloud.send("GET", "/v1/zones")
            #expect(try refused.status == 429 && refused.errorCode == .limitExceeded)
            #expect(refused.header("Retry-After") == "43")
            cloud.clock.advance(by: .milliseconds(42_499))
            #expect(try await cloud.send("GET", "/v1/zones").header("retry-after") == "1")
            cloud.clock.advance(by: .milliseconds(1))
            for _ in 0..<60 { #expect(try await cloud.send("GET", "/v1/zones").status == 200) }
            #expect(try await cloud.send("GET", "/v1/zones").status == 429)
            #expect(cloud.simulator.requests.filter { $0.status == 429 }.count == 3)
        }
    }

    @Test("failed signatures count; other keys have windows of their own")
    func failures() async throws {
        let keys: SimulatedKeys = [SimulatedKeys.demoAccessKey: SimulatedKeys.demoSecretKey, "other": "secret"]
        try await withCloud(
            configure: {
                $0.keys = keys
                $0.quota = .init(limit: 3, window: .seconds(10))
            }
        ) { cloud in
            for _ in 0..<3 {
                #expect(try await cloud.send("GET", "/v1/zones", at: Instant(seconds: 0)).status == 401)
            }
            #expect(try await cloud.send("GET", "/v1/zones").status == 429)
            let other = WireHeaders.signed(
                try Credential(accessKey: "other", secretKey: "secret"), at: cloud.clock.now, path: "/v1/zones")
            #expect(
                try await RawClient.send("GET", "/v1/zones", headers: other, port: cloud.simulator.port).status == 200)
        }
    }

    @Test("a window begins with its first request and never lets more than its limit through")
    func value() {
        var quota = FixedWindowQuota(limit: 2, window: .seconds(60))
        let start = Instant(seconds: 59)
        #expect(quota.take("a", at: start) == nil)
        #expect(quota.take("a", at: start + .seconds(30)) == nil)
        #expect(quota.take("a", at: start + .seconds(45)) == .seconds(15))
        #expect(quota.take("b", at: start + .seconds(45)) == nil)
        #expect(quota.take("a", at: start + .seconds(60)) == nil)
        #expect(quota.take("a", at: start + .seconds(61)) == nil)
        #expect(quota.take("a", at: start + .seconds(62)) == .seconds(58))
    }
}
