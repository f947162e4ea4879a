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

    @Test("volumes hang on servers by name, or are free in a zone")
    func volumes() throws {
        let cloud = try Cloud(
            FleetDescription([
                "servers": [["name": "db-01", "zone": "kr2-z01"]],
                "volumes": [
                    ["name": "data-01", "size": 100, "server": "db-01", "description": "주문"],
                    ["name": "archive", "type": "sata", "size": 2000],
                    ["name": "free-data", "size": 10, "zone": "kr2-z01"],
                ],
            ]), seed: 3, at: start)
        #expect(cloud.volumes.map(\.zoneID) == ["kr2-z01", "kr1_z09", "kr2-z01"])
        #expect(try cloud.volumes.map(\.instanceID) == [cloud.id("db-01"), nil, nil])
        #expect(cloud.volumes.map { $0.status(at: start) } == [.active, .off, .off])
        #expect(cloud.volumes.first?.description == "주문" && cloud.volumes[1].type == "sata")
    }

    @Test("firewalls have rules and stand before servers by name, pattern and beginning")
    func firewalls() throws {
        let cloud = try Cloud(
            FleetDescription([
                "servers": [["name": "web-%02d", "count": 3], ["name": "db-01"], ["name": "db-x"], ["name": "100*"]],
                "firewalls": [
                    [
                        "title": "web-public", "content": "web & api", "icmp": true, "servers": ["web-*", "100*"],
                        "rules": [
                            ["port": 443, "ip": "0.0.0.0/0"],
                            [
                                "bound": "OUT", "protocol": "UDP", "port": "53", "ip": "10.0.0.5/16", "title": "DNS",
                                "content": "names",
                            ],
                        ],
                    ], ["title": "db-internal", "icmp": "N", "servers": ["db-%02d"]], ["title": "empty"],
                ],
            ]), seed: 3, at: start)
        let names = cloud.firewalls.map { $0.instanceIDs.compactMap { cloud.server($0)?.name } }
        #expect(names == [["web-01", "web-02", "web-03", "100*"], ["db-01"], []])
        let web = try #require(cloud.firewalls.first)
        #expect(web.allowsICMP && web.content == "web & api" && !cloud.firewalls[1].allowsICMP)
        #expect(web.rules.map(\.id) == [1042, 1043] && web.rules.map(\.title) == ["443", "DNS"])
        #expect(web.rules.map(\.bound) == ["IN", "OUT"] && web.rules.map(\.protocolName) == ["TCP", "UDP"])
    }

    @Test("bills are listed by month, or are the latest of so many")
    func bills() throws {
        let listed = try Cloud(
            FleetDescription([
                "bills": [
                    ["month": "2023-12", "price": 59100],
                    [
                        "month": "2024-02", "price": -500, "type": "prepaid", "payment_status": "unpaid",
                        "name": "보정",
                    ],
                ]
            ]), seed: 3, at: start)
        #expect(listed.bills.map(\.billDate) == ["2023-12-31", "2024-02-29"])
        #expect(listed.bills.map(\.name) == ["2023년 12월 정기 청구", "보정"])
        #expect(listed.bills.map(\.datePaid) == ["2024-01-01", ""] && listed.bills.map(\.vat) == [5910, -50])
        let latest = try Cloud(
            FleetDescription(["servers": [["name": "box-01"]], "bills": 3]), seed: 3, at: start)
        #expect(latest.bills.map(\.billDate) == ["2023-12-31", "2024-01-31", "2024-02-29"])
        #expect(latest.bills.map(\.paymentStatus) == ["paid", "paid", "unpaid"])
        #expect(latest.bills.allSatisfy { $0.price > 0 && $0.price % 100 == 0 })
    }

    @Test(
        "what is wrong with volumes, firewalls and bills is named with its path",
        arguments: [
            (["volumes": [["name": "data-01"]]], "volumes[0].size: is missing"),
            (
                ["volumes": [["name": "data-01", "size": 15]]],
                "volumes[0].size: must be a multiple of 10 from 10 to 2000"
            ),
            (
                ["volumes": [["name": "data-01", "size": 10, "type": "sat"]]],
                "volumes[0].type: no such type: `sat`; did you mean `sata`?"
            ),
            (
                ["servers": [["name": "web-01"]], "volumes": [["name": "data-01", "size": 10, "server": "web-02"]]],
                "volumes[0].server: no such server: `web-02`; did you mean `web-01`?"
            ),
            (
                ["volumes": [["name": "data-01", "size": 10, "zone": "kr1_z08"]]],
                "volumes[0].zone: no such zone: `kr1_z08`; did you mean `kr1_z09`?"
            ),
            (
                ["volumes": [["name": "data-01", "size": 10, "type": "sata", "zone": "kr2-z01"]]],
                "volumes[0].type: is not offered in the zone `kr2-z01`"
            ),
            (
                ["volumes": [["name": "d", "size": 10]]],
                "volumes[0].name: `name` must have 4–32 characters, it has 1"
            ),
            (
                ["volumes": [["name": "data-01", "sise": 10]]],
                "volumes[0].sise: unknown key; did you mean `size`?"
            ),
            (["firewalls": [["title": "web"]]], "firewalls[0].title: `title` must have 4–32 characters, it has 3"),
            (["firewalls": [["title": "web-public", "icmp": "yes"]]], "firewalls[0].icmp: must be `Y` or `N`"),
            (
                ["firewalls": [["title": "web-public", "rules": [["port": 80]]]]],
                "firewalls[0].rules[0].ip: the argument `ip` is missing"
            ),
            (
                ["firewalls": [["title": "web-public", "rules": [["port": 80, "ip": "10.0.0.1"]]]]],
                "firewalls[0].rules[0].ip: `ip` needs a prefix length: `10.0.0.1/32` for one address"
            ),
            (
                ["firewalls": [["title": "web-public", "rules": [["prot": "TCP"]]]]],
                "firewalls[0].rules[0].prot: unknown key; did you mean `protocol`?"
            ),
            (
                [
                    "firewalls": [
                        [
                            "title": "web-public",
                            "rules": [["port": 80, "ip": "10.0.0.0/8"], ["port": "80", "ip": "10.0.0.0/8"]],
                        ]
                    ]
                ], "firewalls[0].rules[1]: is equal to one before it"
            ),
            (
                ["servers": [["name": "web-01"]], "firewalls": [["title": "web-public", "servers": ["wed-01"]]]],
                "firewalls[0].servers[0]: no such server: `wed-01`; did you mean `web-01`?"
            ),
            (
                [
                    "servers": [["name": "web-01"]],
                    "firewalls": [
                        ["title": "web-public", "servers": ["web-01"]], ["title": "other", "servers": ["web-*"]],
                    ],
                ], "firewalls[1].servers[0]: `web-01` is behind `web-public` already, and has only one"
            ),
            (["bills": 0], "bills: must be a whole number from 1 to 120, or an array"),
            (["bills": "5"], "bills: must be an array, not a string"),
            (["bills": [["month": "2024-13", "price": 1]]], "bills[0].month: must be a month such as `2024-02`"),
            (["bills": [["month": "2024-01", "price": "1"]]], "bills[0].price: must be a whole number, not a string"),
            (
                ["bills": [["month": "2024-01", "price": 1, "type": "x"]]],
                "bills[0].type: must be `regular` or `prepaid`"
            ),
        ] as [(JSONValue, String)])
    func problemsOfExtras(document: JSONValue, message: String) {
        #expect {
            _ = try Cloud(FleetDescription(document), seed: 1, at: start)
        } throws: { error in
            String(describing: error) == message
        }
    }

    @Test("a fourth volume does not fit on a server, nor one in another zone")
    func volumeLimits() throws {
        let volumes = (1...4).map { FleetDescription.Volume("data-0\($0)", size: 10, server: "box-01") }
        #expect(throws: FleetProblem(path: "volumes[3].server", message: "`box-01` has 3 volumes already")) {
            try Cloud(FleetDescription(servers: [.init("box-01")], volumes: volumes), seed: 1, at: start)
        }
        #expect(
            throws: FleetProblem(path: "volumes[0].zone", message: "must be that of the server: `kr1_z09`")
        ) {
            try Cloud(
                FleetDescription(
                    servers: [.init("box-01")],
                    volumes: [.init("data-01", size: 10, server: "box-01", zone: "kr2-z01")]), seed: 1, at: start)
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
