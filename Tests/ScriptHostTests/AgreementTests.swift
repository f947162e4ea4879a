import Gate
import IwinvCatalog
import IwinvClient
import IwinvSimulator
import IwinvTesting
import IwinvWire
import ScriptHost
import TestSupport
import Testing

/// Catalog, Lua tables, simulator routes and the contract's list of examples speak of the same operations.
@Suite struct AgreementTests {
    private struct Entry: Hashable {
        var method: String
        /// With its parameters nameless: `/v1/instances/{}/start`.
        var path: String
    }

    private func nameless(_ path: String) -> String {
        path.replacing(#/\{[a-z_]+\}/#, with: "{}")
    }

    @Test func `the catalog has the operations of the contract's index, by method and path`() throws {
        let index = try JSONCodec.decode(Fixtures.bytes("examples/INDEX.json"))
        var expected: [String: Entry] = [:]
        for entry in try #require(index.objectValue).values {
            let name = try #require(entry["operation"]?.stringValue)
            guard !name.hasPrefix("error_") else { continue }
            expected[name] = Entry(
                method: try #require(entry["method"]?.stringValue),
                path: nameless(try #require(entry["path"]?.stringValue)))
        }
        let actual = Dictionary(
            uniqueKeysWithValues: Catalog.iwinv.operations.map {
                ($0.contractID, Entry(method: $0.method.rawValue, path: nameless("\($0.path)")))
            })
        #expect(expected.count == 47)
        #expect(actual == expected)
    }

    @Test func `a script has every operation of the interface, and nothing else`() async throws {
        let cloud = try await SimulatedCloud.start()
        let client = try cloud.client()
        let script = try Script(
            name: "names.lua",
            source: """
                local names = {}
                local function walk(table, path)
                    for key, value in pairs(table) do
                        local name = path == "" and key or path .. "." .. key
                        if type(value) == "function" then names[#names + 1] = name else walk(value, name) end
                    end
                end
                walk(require "iwinv", "")
                return names
                """)
        let report = await ScriptHost(client: client, clock: cloud.clock).run(script, options: .readOnly)
        let names = Set(try #require(report.result.arrayValue).compactMap(\.stringValue))
        let operations = Set(Catalog.iwinv.interface.map { "\($0.name)" })
        #expect(names.isSuperset(of: operations))
        let helpers = names.subtracting(operations)
        #expect(
            helpers.subtracting(["check", "retry"]).allSatisfy {
                $0.hasSuffix(".each") || $0.hasSuffix(".wait") || $0.hasSuffix(".wait_all")
            })
        try await client.shutdown()
        try await cloud.stop()
    }

    @Test(arguments: CloudProfile.allCases)
    func `the simulator serves every operation at its path`(_ profile: CloudProfile) async throws {
        let cloud = try await SimulatedCloud.start {
            $0.profile = profile
            $0.quota = nil
        }
        let client = try cloud.client()
        cloud.clock.beginActivity()
        let world = cloud.simulator.cloud
        for operation in Catalog.iwinv.operations {
            let raw = try plausible(operation, in: world)
            let arguments = try Arguments(raw, for: operation, on: .server)
            _ = try? await client.exchange(operation, arguments)
            let request = try #require(cloud.simulator.requests.last)
            #expect(request.operation == operation.name)
            #expect(request.status != 404 || operation.contractID == "list_user_scripts", "\(operation.contractID)")
            #expect(request.status != 405 && request.status != 500, "\(operation.contractID)")
            #expect(request.target.hasPrefix("/v1/"))
        }
        cloud.clock.endActivity()
        try await client.shutdown()
        try await cloud.stop()
    }

    /// Arguments that exist, though the cloud may have its reasons to refuse them.
    private func plausible(_ operation: CloudOperation, in cloud: Cloud) throws -> [String: JSONValue] {
        var raw: [String: JSONValue] = [:]
        for parameter in operation.parameters where parameter.isRequired {
            raw[parameter.name] =
                switch parameter.name {
                case "instance_id": .string(try #require(cloud.servers.first).id)
                case "zone_id": .string(try #require(cloud.zones.last).id)
                case "flavor_id": .string(try #require(cloud.flavors.first).id)
                case "image_id": .string(try #require(cloud.images.first).id)
                case "block_storage_id": .string(try #require(cloud.volumes.first).id)
                case "bill_id": .string(try #require(cloud.bills.first).id)
                case "firewall_id": .string(try #require(cloud.firewalls.first).id)
                case "rule_id": .integer(try #require(cloud.firewalls.first?.rules.first).id)
                case "type": "ssd"
                case "size": 100
                case "bound": "IN"
                case "protocol": "TCP"
                case "port": "8443"
                case "ip": "192.0.2.0/24"
                case "title", "content": "agreement"
                default: .string("agreement")
                }
        }
        return raw
    }
}
