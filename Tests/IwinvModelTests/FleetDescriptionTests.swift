import IwinvCatalog
import IwinvModel
import Testing

@Suite("Fleet descriptions")
struct FleetDescriptionTests {
    @Test("a pattern makes numbered servers")
    func pattern() throws {
        let description = try FleetDescription([
            "servers": [
                [
                    "name": "web-%03d", "count": 250, "zone": "kr2-z01", "flavor": "vgna_4_n", "status": "off",
                    "description": "시험",
                ], ["name": "결제-01"],
            ], "ssh_keys": ["deploy"], "user_scripts": ["boot"],
        ])
        let cloud = try Cloud(description, seed: 3, at: start)
        #expect(cloud.servers.count == 251)
        #expect(cloud.servers.first?.name == "web-001" && cloud.servers[249].name == "web-250")
        #expect(cloud.servers[249].zoneID == "kr2-z01" && cloud.servers[249].flavorID == "vgna_4_n")
        #expect(cloud.servers[249].status(at: start) == .off && cloud.servers[249].description == "시험")
        #expect(cloud.servers.last?.name == "결제-01" && cloud.servers.last?.status(at: start) == .active)
        #expect(cloud.sshKeys.map(\.name) == ["deploy"] && cloud.userScripts.map(\.name) == ["boot"])
        #expect(Set(cloud.servers.map(\.publicAddress)).count == 251)
    }

    @Test("zones of its own take the place of the provider's")
    func zones() throws {
        let cloud = try Cloud(
            FleetDescription(["zones": [["zone_id": "kr9-z99", "name": "시험 존"]], "servers": [["name": "box-%d"]]]),
            seed: 3, at: start)
        #expect(cloud.zones.map(\.id) == ["kr9-z99"] && cloud.servers.first?.zoneID == "kr9-z99")
        #expect(cloud.servers.first?.name == "box-1")
    }

    @Test("a percent sign can be written")
    func percent() throws {
        let cloud = try Cloud(FleetDescription(servers: [.init("100%%-%02d", count: 2)]), seed: 1, at: start)
        #expect(cloud.servers.map(\.name) == ["100%-01", "100%-02"])
    }

    @Test("no servers of a kind is a mistake")
    func noServers() {
        #expect(throws: FleetProblem(path: "servers[0].count", message: "must be at least 1")) {
            try Cloud(FleetDescription(servers: [.init("web-01", count: 0)]), seed: 1, at: start)
        }
    }

    @Test(
        "what is wrong is named with its path",
        arguments: [
            ([], "must be an object, not an array"),
            (["server": []], "server: unknown key; did you mean `servers`?"),
            (["servers": "web"], "servers: must be an array, not a string"),
            (["servers": [["name": "web-01"], 5]], "servers[1]: must be an object, not an integer"),
            (["servers": [["count": 5]]], "servers[0].name: is missing"),
            (["servers": [["name": 5]]], "servers[0].name: must be a string, not an integer"),
            (
                ["servers": [["name": "web-01", "count": 0]]],
                "servers[0].count: must be a whole number from 1 to 100000"
            ),
            (
                ["servers": [["name": "web-01", "flavour": "x"]]],
                "servers[0].flavour: unknown key; did you mean `flavor`?"
            ),
            (
                ["servers": [["name": "web-01", "status": "on"]]],
                "servers[0].status: must be `active`, `off` or `error`"
            ),
            (
                ["servers": [["name": "web-01", "status": "work"]]],
                "servers[0].status: must be `active`, `off` or `error`"
            ),
            (
                ["servers": [["name": "web-01", "zone": "kr1_z08"]]],
                "servers[0].zone: no such zone in this zone and combination: `kr1_z08`; did you mean `kr1_z09`?"
            ),
            (
                ["servers": [["name": "web", "count": 2]]],
                "servers[0].name: needs a place for the number, such as `%02d`, for several servers"
            ),
            (
                ["servers": [["name": "web-%s"]]],
                "servers[0].name: has a `%` that is neither `%d`, `%03d` nor `%%`"
            ),
            (
                ["servers": [["name": "web"]]],
                "servers[0].name: instances.edit: `name` must have 4–32 characters, it has 3"
            ),
            (["ssh_keys": ["deploy", 1]], "ssh_keys[1]: must be a string, not an integer"),
            (["zones": [], "servers": []], "zones: must not be empty"),
        ] as [(JSONValue, String)])
    func problems(document: JSONValue, message: String) {
        #expect {
            _ = try Cloud(FleetDescription(document), seed: 1, at: start)
        } throws: { error in
            String(describing: error) == message
        }
    }
}
