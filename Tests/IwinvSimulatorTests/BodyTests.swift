import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import Testing

@Suite("Bodies (CONTRACT 1.7, U37, U39)")
struct BodyTests {
    private func path(_ cloud: SimulatedCloud) throws -> (id: String, path: String) {
        let id = try #require(cloud.simulator.cloud.servers.first { $0.name == "web-01" }?.id)
        return (id, "/v1/instances/\(id)")
    }

    @Test("a Korean name goes there and back through multipart", arguments: ["웹-서버 (새) 50%", "a+b=c&d/e?f", "새 이름 01"])
    func multipart(name: String) async throws {
        try await withCloud { cloud in
            let (id, _) = try path(cloud)
            let reply = try await cloud.call(
                "instances.edit", ["instance_id": .string(id), "name": .string(name), "description": "설명 ‘새’ + \"옛\""])
            let row = try #require(try reply.envelope.rows.first)
            #expect(reply.status == 200 && row["name"] == .string(name) && row["description"] == "설명 ‘새’ + \"옛\"")
            let read = try await cloud.call("instances.get", ["instance_id": .string(id)]).envelope
            #expect(read.rows.first?["name"] == .string(name))
        }
    }

    @Test("form-urlencoded is taken too, with + and %20 as spaces")
    func urlencoded() async throws {
        try await withCloud { cloud in
            let (_, path) = try path(cloud)
            let reply = try await cloud.send(
                "PUT", path, headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                body: Array("name=%EC%9B%B9+%EC%84%9C%EB%B2%84%2001".utf8))
            #expect(try reply.envelope.rows.first?["name"] == "웹 서버 01")
        }
    }

    @Test("JSON is refused for a server's edit, and so is a body of no kind")
    func json() async throws {
        try await withCloud { cloud in
            let (_, path) = try path(cloud)
            for headers in [[("Content-Type", "application/json")], [(String, String)]()] {
                let reply = try await cloud.send("PUT", path, headers: headers, body: Array(#"{"name":"web-99"}"#.utf8))
                #expect(try reply.status == 400 && reply.errorCode == .requiredBodyMissing)
            }
            #expect(cloud.simulator.cloud.servers.contains { $0.name == "web-01" })
        }
    }

    @Test("names are checked where they arrive")
    func checks() async throws {
        try await withCloud { cloud in
            let (_, path) = try path(cloud)
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            for (body, code) in [
                ("name=abc", ErrorCode.checkLength), ("name=" + String(repeating: "a", count: 33), .checkLength),
                ("name=tab%09bed", .checkParameter), ("description=" + String(repeating: "a", count: 51), .checkLength),
            ] {
                let reply = try await cloud.send("PUT", path, headers: form, body: Array(body.utf8))
                #expect(try reply.status == 400 && reply.errorCode == code)
            }
        }
    }

    @Test("a body of more than 1 MiB is refused, and the simulator lives on")
    func large() async throws {
        try await withCloud { cloud in
            let (_, path) = try path(cloud)
            let body = [UInt8](repeating: UInt8(ascii: "a"), count: 3 << 20)
            let reply = try await cloud.send("PUT", path, headers: [("Content-Type", "text/plain")], body: body)
            #expect(reply.status == 413)
            #expect(try await cloud.send("GET", "/v1/zones").status == 200)
        }
    }

    @Test("servers are made over the wire, with volumes and several names")
    func creation() async throws {
        try await withCloud { cloud in
            let reply = try await cloud.call(
                "instances.create",
                [
                    "zone_id": "kr1_z09", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "vgna_2_n",
                    "name": "새-서버", "count": 3, "block_storage": [["size": 100, "name": "자료 01"], ["size": 50]],
                ])
            let envelope = try reply.envelope
            #expect(reply.status == 202 && envelope.count == 3)
            #expect(envelope.rows.map { $0["name"] } == ["새-서버-1", "새-서버-2", "새-서버-3"])
            #expect(cloud.simulator.cloud.volumes.filter { $0.name == "자료 01" && $0.size == 100 }.count == 3)
        }
    }
}
