import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire

/// Runs of one kind of change, each killed at another step.
extension StateFixtureMaker {
    static func rename(_ fixture: StateFixture) async throws {
        let cuts =
            FailPoint.allCases.map { Cut($0) } + [
                Cut(.beforeSending, 2), Cut(.afterSending, 2), Cut(.afterAnswer, 2), Cut(.afterDelivery, 2),
            ]
        try await FixtureWorld.new(fixture.scene, servers("r", cuts.count, each: 2)) { world in
            let script = try world.iwlua.file("rename.lua", StateScripts.rename)
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                let scope = scope("r", index)
                runs.append(
                    try await kill(
                        ["run", script, "--param", "prefix=\(scope)", "--allow", "instances:edit", "--yes"], at: cut,
                        of: "instances.edit", scope: scope, in: world))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    static func creation(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.afterIntended), Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer), Cut(.afterAnswered),
            Cut(.beforeLook), Cut(.afterLook), Cut(.beforeConcluded), Cut(.afterConcluded), Cut(.beforeDelivery),
            Cut(.afterDelivery),
        ]
        try await FixtureWorld.new(fixture.scene, ["servers": [["name": "like-1"]]]) { world in
            let script = try world.iwlua.file("create.lua", StateScripts.create)
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                let scope = scope("c", index)
                runs.append(
                    try await kill(
                        ["run", script] + creation(of: scope + "made", in: world)
                            + ["--allow", "instances:create", "--yes"],
                        at: cut, of: "instances.create", scope: scope, in: world))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    /// The parameters of `create.lua`.
    static func creation(of name: String, in world: FixtureWorld) -> [String] {
        guard let like = world.simulator.cloud.servers.first else { return [] }
        return [
            "name=\(name)", "zone=\(like.zoneID)", "flavor=\(like.flavorID)", "image=\(like.imageID)",
        ].flatMap { ["--param", $0] }
    }

    static func reboot(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer), Cut(.afterAnswered), Cut(.beforeConcluded),
            Cut(.afterConcluded), Cut(.afterSending, 2), Cut(.afterAnswer, 2),
        ]
        try await FixtureWorld.new(fixture.scene, servers("b", cuts.count, each: 2)) { world in
            let script = try world.iwlua.file("reboot.lua", StateScripts.reboot)
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                let scope = scope("b", index)
                runs.append(
                    try await kill(
                        ["run", script, "--param", "prefix=\(scope)", "--allow", "instances:power", "--yes"], at: cut,
                        of: "instances.reboot", scope: scope, in: world))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    static func attachment(_ fixture: StateFixture) async throws {
        let cuts = [
            Cut(.afterIntended), Cut(.beforeSending), Cut(.afterSending), Cut(.afterAnswer), Cut(.afterAnswered),
            Cut(.afterLook), Cut(.afterConcluded),
        ]
        var fleet = servers("a", cuts.count, each: 1).objectValue ?? [:]
        fleet["volumes"] = .array(
            cuts.indices.map { ["name": .string(scope("a", $0) + "data"), "type": "ssd", "size": 10] })
        try await FixtureWorld.new(fixture.scene, .object(fleet)) { world in
            let script = try world.iwlua.file("attach.lua", StateScripts.attach)
            let cloud = world.simulator.cloud
            var runs: [StateRun] = []
            for (index, cut) in cuts.enumerated() {
                runs.append(
                    try await kill(
                        [
                            "run", script, "--param", "volume=\(cloud.volumes[index].id)", "--param",
                            "server=\(cloud.servers[index].id)", "--allow", "storage:edit", "--yes",
                        ], at: cut, of: "storage.attach", scope: scope("a", index), in: world))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    static func firewall(_ fixture: StateFixture) async throws {
        // The first change adds a rule, the second edits one, the third removes one. In the older family each is two
        // requests: the set is read before it is replaced.
        let cuts = (1...3).flatMap { [Cut(.afterSending, $0), Cut(.afterAnswer, $0), Cut(.afterConcluded, $0)] }
        let older =
            [1, 2, 4, 6].flatMap { [Cut(.afterSending, $0), Cut(.afterAnswer, $0)] }
            + [Cut(.afterConcluded, 2), Cut(.afterConcluded, 3)]
        let all = cuts.map { ($0, "security-groups") } + older.map { ($0, "firewall") }
        let firewalls = all.indices.map { index -> JSONValue in
            [
                "title": .string(scope("w", index) + "wall"),
                "rules": [
                    ["port": "80", "ip": "0.0.0.0/0", "title": "kept"],
                    ["port": "443", "ip": "0.0.0.0/0", "title": "edited"],
                    ["port": "22", "ip": "192.0.2.0/24", "title": "removed"],
                ],
            ]
        }
        try await FixtureWorld.new(
            fixture.scene, ["servers": [["name": "like-1"]], "firewalls": .array(firewalls)]
        ) { world in
            let script = try world.iwlua.file("rules.lua", StateScripts.rules)
            var runs: [StateRun] = []
            for (index, (cut, family)) in all.enumerated() {
                let id = world.simulator.cloud.firewalls[index].id
                runs.append(
                    try await kill(
                        ["run", script, "--param", "firewall=\(id)", "--allow", "firewall:edit", "--yes"], at: cut,
                        of: "firewall.rules.add", scope: scope("w", index), family: family, in: world))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    /// Some servers for each of so many runs.
    static func servers(_ letter: String, _ count: Int, each: Int) -> JSONValue {
        let servers = (0..<count).map { index -> JSONValue in
            ["name": .string(scope(letter, index) + "%d"), "count": .integer(Int64(each))]
        }
        return ["servers": .array(servers)]
    }
}
