import Clocks
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Allowed addresses (CONTRACT 1.6, U2)")
struct AddressTests {
    @Test("an address that is not on the list gets CHECK_IP, but only with a right signature")
    func refused() async throws {
        let ranges = [try CIDR("10.0.0.0/8"), try CIDR("192.0.2.7")]
        try await withCloud(configure: { $0.allowedAddresses = ranges }) { cloud in
            let reply = try await cloud.send("GET", "/v1/zones")
            let envelope = try reply.envelope
            #expect(reply.status == 403 && envelope.errorCode == .checkIP && envelope.code == "0x9")
            #expect(envelope.result["code"] == 9)
            #expect(try await cloud.send("GET", "/v1/nothing").status == 403)
            #expect(try await cloud.send("GET", "/v1/zones", at: Instant(seconds: 0)).status == 401)
        }
    }

    @Test("one that is gets in", arguments: ["127.0.0.1", "127.0.0.0/8", "0.0.0.0/0"])
    func allowed(range: String) async throws {
        let ranges = [try CIDR("192.0.2.7"), try CIDR(range)]
        try await withCloud(configure: { $0.allowedAddresses = ranges }) { cloud in
            let status = try await cloud.send("GET", "/v1/zones").status
            #expect(status == 200)
        }
    }

    @Test("an empty list lets nobody in; refused requests count")
    func empty() async throws {
        try await withCloud(configure: {
            $0.allowedAddresses = []
            $0.quota = .init(limit: 1, window: .seconds(60))
        }) { cloud in
            for _ in 0..<2 {
                let status = try await cloud.send("GET", "/v1/zones").status
                #expect(status == 403)
            }
        }
    }

    @Test("what is no IPv4 range is refused", arguments: ["", "here", "10.0.0.0/33", "::1", "10.0.0", "10.0.0.0/8/8"])
    func malformed(text: String) {
        #expect(throws: SimulatorProblem.addressRange(text)) { try CIDR(text) }
    }
}
