import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import TestSupport
import Testing

/// The examples of the contract, in Tests/TestSupport/examples: the simulator's answers must have their keys and types.
@Suite("The shapes of the contract's examples")
struct ExampleTests {
    private static func example(_ name: String) throws -> JSONValue {
        try JSONCodec.decode(Fixtures.bytes("examples/\(name).json"))
    }

    /// How a value differs in shape from an example; empty if it does not. Null fits everything.
    private func differences(_ value: JSONValue, _ example: JSONValue, _ path: String = "$") -> [String] {
        switch (value, example) {
        case (.null, _), (_, .null): return []
        case (.object(let a), .object(let b)):
            let lacking = Set(b.keys).symmetricDifference(a.keys).sorted()
            return lacking.map { "\(path).\($0)" }
                + a.keys.filter { b[$0] != nil }.sorted().flatMap {
                    differences(a[$0] ?? .null, b[$0] ?? .null, "\(path).\($0)")
                }
        case (.array(let a), .array(let b)):
            guard let first = b.first else { return [] }
            return a.enumerated().flatMap { differences($0.element, first, "\(path)[\($0.offset)]") }
        default: return value.kindWithArticle == example.kindWithArticle ? [] : [path]
        }
    }

    @Test(
        "answers",
        arguments: [
            ("zones.list", [:], "list_zones"), ("flavors.list", ["zone_id": "kr1_z09"], "list_flavors"),
            ("flavors.get", ["flavor_id": "soi_2.8_s"], "get_flavor"),
            ("flavors.get", ["flavor_id": "nothing"], "get_flavor.not_found"),
            ("images.list", ["visibility": "public"], "list_images"),
            ("images.get", ["image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi"], "get_image"),
            ("images.get", ["image_id": "PIMAGE-0"], "error_id_invalid"), ("ssh_keys.list", [:], "list_ssh_keys"),
            ("instances.list", [:], "list_instances"),
            ("instances.list", ["name": "nothing at all"], "list_instances.empty"),
            ("instances.get", ["instance_id": "web-01", "fields": 131_071], "get_instance"),
            ("instances.edit", ["instance_id": "web-01", "name": "web-99", "fields": 131_071], "edit_instance"),
            ("instances.delete", ["instance_id": "db-01"], "delete_instance"),
            ("instances.start", ["instance_id": "batch-02"], "assumed/start_instance"),
            ("instances.shutdown", ["instance_id": "web-01"], "assumed/shutdown_instance"),
            ("instances.reboot", ["instance_id": "web-01"], "assumed/reboot_instance"),
            ("instances.rebuild", ["instance_id": "web-01"], "assumed/rebuild_instance"),
            (
                "instances.resize", ["instance_id": "web-01", "flavor_id": "soi_2.8_s"], "assumed/resize_instance"
            ),
            ("instances.console", ["instance_id": "web-01"], "assumed/get_remote_console"),
            ("instances.user_scripts", [:], "assumed/list_user_scripts"),
            (
                "instances.create",
                ["zone_id": "kr2-z01", "image_id": "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi", "flavor_id": "soi_2.8_s"],
                "assumed/create_instance"
            ),
        ] as [(OperationName, [String: JSONValue], String)])
    func answers(operation: OperationName, raw: [String: JSONValue], file: String) async throws {
        let example = try Self.example(file)
        try await withCloud { cloud in
            var raw = raw
            if let name = raw["instance_id"]?.stringValue {
                raw["instance_id"] = .string(
                    try #require(cloud.simulator.cloud.servers.first { $0.name == name }?.id))
            }
            let reply = try await cloud.call(operation, raw)
            let body = try JSONCodec.decode(reply.body)
            #expect(differences(body, example).isEmpty)
            #expect(body["error_code"] == example["error_code"] && body["code"] == example["code"])
            #expect(try reply.status == Self.status(of: file + ".json"))
        }
    }

    /// The HTTP status that the index gives a file.
    private static func status(of file: String) throws -> Int? {
        try example("INDEX")[file]?["http_status"]?.integerValue.map(Int.init)
    }

    @Test("errors of the front desk")
    func errors() async throws {
        try await withCloud(configure: { $0.quota?.limit = 1 }) { cloud in
            let stale = try await cloud.send("GET", "/v1/zones", at: Instant(seconds: 0))
            #expect(
                differences(try JSONCodec.decode(stale.body), try Self.example("assumed/error_invalid_signature"))
                    .isEmpty)
            let limited = try await cloud.send("GET", "/v1/zones")
            #expect(
                try JSONCodec.decode(limited.body)["error_code"]
                    == Self.example("assumed/error_rate_limited")["error_code"])
        }
    }
}
