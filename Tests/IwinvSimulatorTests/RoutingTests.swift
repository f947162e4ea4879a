import Clocks
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Routes and parameters (CONTRACT 1.11, 2.1, U4, U5)")
struct RoutingTests {
    @Test("unknown routes, trailing slashes and wrong methods")
    func routes() async throws {
        try await withCloud { cloud in
            for (method, target, status) in [
                ("GET", "/v1/nothing", 404), ("GET", "/v1/zones/", 404), ("GET", "/v1/instances/", 404),
                ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/v2/zones", 404), ("DELETE", "/v1/zones", 405),
                ("PATCH", "/v1/instances", 405), ("GET", "/v1/instances/INSTANCE-a/reboot", 405),
            ] {
                let reply = try await cloud.send(method, target)
                #expect(try reply.status == status && reply.errorCode == .notFound, "\(method) \(target)")
                #expect(try reply.envelope.code == "0x1")
            }
        }
    }

    @Test("every operation of the catalog has its route")
    func everyOperation() async throws {
        try await withCloud(configure: { $0.quota?.limit = 1000 }) { cloud in
            for operation in Catalog.iwinv.operations {
                let path = operation.path.segments.map { segment in
                    if case .literal(let text) = segment { "/" + text } else { "/x" }
                }
                let reply = try await cloud.send(operation.method.rawValue, path.joined())
                #expect(cloud.simulator.requests.last?.operation == operation.name)
                #expect([200, 202, 400].contains(reply.status), "\(operation.name)")
            }
        }
    }

    @Test(
        "bad parameters get the vendor's codes",
        arguments: [
            ("GET", "/v1/instances?status=sleeping", ErrorCode.checkParameterEnum),
            ("GET", "/v1/instances?status=ACTIVE", .checkParameterEnum),
            ("GET", "/v1/images?os=beos", .checkParameterEnum), ("GET", "/v1/instances?min_vcpu=many", .checkParameter),
            ("GET", "/v1/instances?ip=nowhere", .cidrNotValid), ("GET", "/v1/instances?ip=::1", .ipv6NotSupported),
            ("GET", "/v1/instances/123456", .invalidIdentifier),
            ("GET", "/v1/instances/%EC%9B%B9", .invalidIdentifier), ("GET", "/v1/images/PIMAGE-0", .invalidIdentifier),
            ("POST", "/v1/instances", .requiredBodyMissing),
            ("POST", "/v1/instances/INSTANCE-a/resize", .requiredBodyMissing),
            ("POST", "/v1/instances/INSTANCE-a/reboot", .invalidIdentifier),
        ])
    func parameters(method: String, target: String, code: ErrorCode) async throws {
        try await withCloud { cloud in
            let reply = try await cloud.send(method, target)
            #expect(try reply.status == 400 && reply.errorCode == code)
            #expect(try reply.envelope.message == code.rawValue)
        }
    }

    /// Rows, page number, page size, keys of the first row.
    private func facts(_ cloud: SimulatedCloud, _ query: String) async throws -> [Int?] {
        let envelope = try await cloud.send("GET", "/v1/instances?" + query).envelope
        return [envelope.count, envelope.pageNumber, envelope.pageSize, envelope.rows.first?.objectValue?.count]
    }

    @Test("what a server passes over: unknown keys, empty filters, bad masks, bad paging (CONTRACT U8, U40)")
    func lenient() async throws {
        try await withCloud { cloud in
            for (query, expected) in [
                ("nonsense=1&name=&fields=0", [10, 1, 10, 8]), ("fields=abc&page_no=0&page_size=-5", [10, 1, 10, 8]),
                ("fields=&page_no=x&page_size=", [10, 1, 10, 8]), ("page_size=100000&fields=262143", [30, 1, 100, 17]),
                ("page_no=2&page_size=20&fields=3", [10, 2, 20, 2]),
                ("page_no=9223372036854775807&page_size=100", [0, Int.max, 100, nil]),
            ] {
                let facts = try await facts(cloud, query)
                #expect(facts == expected, "\(query)")
            }
        }
    }

    @Test("a name filter with a space or Korean text, either way of writing a space")
    func encodedFilters() async throws {
        try await withCloud(fleet: .init(servers: [.init("iwinv API test"), .init("웹 서버 01")])) { cloud in
            for query in ["name=API%20test", "name=API+test"] {
                let envelope = try await cloud.send("GET", "/v1/instances?" + query).envelope
                #expect(envelope.count == 1)
            }
            let korean = try await cloud.call("instances.list", ["name": "웹 서"]).envelope
            #expect(korean.count == 1)
        }
    }

    @Test("pages of 33 flavors: 10, 10, 10, 3, with the total")
    func flavorPages() async throws {
        try await withCloud { cloud in
            for (number, count) in [(1, 10), (2, 10), (3, 10), (4, 3), (5, 0)] {
                let envelope = try await cloud.call("flavors.list", page: .init(number: number, size: 10)).envelope
                #expect(envelope.isSuccess && envelope.count == count && envelope.total == 33)
                #expect(envelope.pageNumber == number && envelope.pageSize == 10)
            }
            let zones = try await cloud.call("zones.list").envelope
            #expect(zones.count == 2 && zones.pageNumber == nil && zones.pageSize == nil && zones.total == nil)
        }
    }

    @Test("the date of an answer is the simulator's")
    func date() async throws {
        try await withCloud { cloud in
            let reply = try await cloud.send("GET", "/v1/zones")
            #expect(reply.header("Date") == "Sat, 09 Mar 2024 16:00:00 GMT")
            #expect(reply.header("Content-Type") == "application/json")
        }
    }

    @Test("a restricted zone answers 500 with number and text inside")
    func restricted() async throws {
        try await withCloud { cloud in
            cloud.simulator.mutate { $0.switches.restrictedZones = ["kr1_z09"] }
            let reply = try await cloud.call(
                "instances.create",
                ["zone_id": "kr1_z09", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "vgna_2_n"])
            let envelope = try reply.envelope
            #expect(envelope.status == 500 && envelope.code == "0xc" && envelope.errorCode == .backendRefused)
            #expect(envelope.result["code"] == 12 && envelope.text == "리소스 사용이 제한된 ZONE입니다.")
        }
    }
}
