import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// Kills a run that does everything at once: names, volumes, rules, firewalls, power and a creation, four servers side by
/// side, with errors that it catches and waits, while one request in ten goes wrong in some way. Resumed until it is done,
/// the journal and the cloud's own count of effects must agree, change by change.
@Suite(.serialized) struct MixedKillTests {
    private static let script = """
        -- ==Script==
        -- @needs instances:edit instances:power instances:create storage:edit firewall:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local front = iwinv.firewall.list()[1]
        local volumes = iwinv.storage.list()
        local work = {}
        for i, vm in ipairs(iwinv.instances.list { name = "web-" }) do work[i] = { vm = vm, i = i } end
        local function try(change) return iwinv.retry(change, { times = 9, pause = "0s" }) end
        local caught = 0
        task.map(work, function(item)
            local vm, i = item.vm, item.i
            -- What the cloud refuses is history once the script has gone on from it.
            local ok, problem = pcall(iwinv.instances.edit, "INSTANCE-0000000000000000000000", { name = "none" })
            if not ok and problem.kind == "api" then caught = caught + 1 end
            try(function() vm:edit { name = "new-" .. vm.name:sub(5) } end)
            try(function()
                iwinv.firewall.rules.add(front.firewall_id, {
                    bound = "IN", protocol = "TCP", port = tostring(1000 + i), ip = "10.0.0.0/8", title = "r" .. i })
            end)
            if volumes[i] then try(function() iwinv.storage.attach(volumes[i].block_storage_id, vm.instance_id) end) end
            if i % 3 == 0 then try(function() iwinv.firewall.attach(front.firewall_id, vm.instance_id) end) end
            if i % 3 == 1 then
                try(function() vm:shutdown() end)
                vm:wait("off", "1m")
            end
        end, { limit = 4 })
        local like = work[1].vm
        local made = try(function()
            return iwinv.instances.create {
                name = "made-01", zone_id = like.zone.zone_id, flavor_id = like.flavor.flavor_id,
                image_id = like.image.image_id }
        end)
        return made.instance_id
        """

    private static let faults = [
        "changes: 3% lost-reply, 2% reset, 2% busy-404, 1% lost-502, 1% truncated, 1% html-502, 1% delay(3s)",
        "reads: 2% html-502, 1% truncated, 2% reset, 1% 429(1s), 1% check-ip",
    ]

    private static let servers = 12
    private static let effects: [OperationName: Int] = [
        "instances.edit": 12, "firewall.rules.add": 12, "storage.attach": 3, "firewall.attach": 4,
        "instances.shutdown": 4, "instances.create": 1,
    ]

    @Test(arguments: 0..<max(2, KillWorld.kills / 3))
    func `whatever is cut, each change takes effect once and the journal says what the cloud counts`(
        _ round: Int
    ) async throws {
        var dice = Dice(state: UInt64(round) &* 77 &+ 5)
        let world = try await Self.world(Self.faults)
        let file = try world.iwlua.file("script.lua", Self.script)
        let grants = "instances:edit,instances:power,instances:create,storage:edit,firewall:edit"
        let result = try await world.killed(
            ["run", file, "--allow", grants, "--yes", "--output", "json"], dice: &dice, span: 3_000_000)
        #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(900))")

        expect(Self.effects, in: world, "round \(round)")
        let edits = world.effects("instances.edit")
        #expect(edits.values.allSatisfy { $0 == 1 }, "round \(round): \(edits)")
        #expect(world.effects("instances.shutdown").values.allSatisfy { $0 == 1 }, "round \(round)")
        let names = (1...Self.servers).map { String(format: "new-%03d", $0) }
        #expect(world.names == ["made-01"] + names, "round \(round)")
        _ = try await world.outcomes("round \(round)")
        try await judge(world, Self.effects, "round \(round)")
        try await world.end()
    }

    @Test(arguments: 0..<max(1, KillWorld.kills / 7))
    func `its plan is carried out once whatever is cut, and taken back once`(_ round: Int) async throws {
        var dice = Dice(state: UInt64(round) &* 91 &+ 3)
        let world = try await Self.world([])
        let file = try world.iwlua.file("script.lua", Self.script)
        let planned = try await world.run(["plan", file, "-o", "mixed.plan"], with: ["IWLUA_TIMEOUT": "30s"])
        #expect(planned.status == 0, "\(planned.errors)")
        try world.setFaults(Self.faults)
        let applied = try await world.killed(
            ["apply", "mixed.plan", "--yes", "--output", "json"], dice: &dice, span: 3_000_000)
        #expect(applied.status == 0 || applied.output.isEmpty, "round \(round): \(applied.errors.suffix(900))")
        expect(Self.effects, in: world, "round \(round), apply")
        try await judge(world, Self.effects, "round \(round), apply")
        let run = try await world.journal().find("last").id

        let undone = try await world.killed(
            ["undo", run, "--yes", "--output", "json"], dice: &dice, span: 4_000_000)
        #expect(undone.status == 0 || undone.output.isEmpty, "round \(round): \(undone.errors.suffix(900))")
        let back: [OperationName: Int] = [
            "instances.edit": 12, "firewall.rules.remove": 12, "storage.detach": 3, "firewall.detach": 4,
            "instances.start": 4,
        ]
        expect(back.merging(["instances.edit": 24]) { $1 }, in: world, "round \(round), undo")
        try await judge(world, back, "round \(round), undo")
        let names = (1...Self.servers).map { String(format: "web-%03d", $0) }
        // What was created stays, as nobody has said otherwise.
        #expect(world.names == ["made-01"] + names, "round \(round)")
        try await world.end()
    }

    private static func world(_ faults: [String]) async throws -> KillWorld {
        var timing = Timing()
        (timing.shutdown, timing.start, timing.volumeAttachment, timing.volumeDetachment) = (1, 1, 1, 1)
        return try await KillWorld(
            servers: servers, faults: faults, timing: timing,
            more: [
                "volumes": .array((1...3).map { ["name": .string("data-0\($0)"), "type": "ssd", "size": 100] }),
                "firewalls": [["title": "front"]],
            ])
    }

    /// The cloud's own count.
    private func expect(_ effects: [OperationName: Int], in world: KillWorld, _ comment: String) {
        for (operation, count) in effects {
            let made = world.simulator.requests.count { $0.operation == operation && $0.hadEffect }
            #expect(made == count, "\(comment): \(operation) took effect \(made) times")
        }
    }

    /// What the journal says of each kind of change is what the cloud has counted, and nothing is said without a reason.
    private func judge(
        _ world: KillWorld, _ effects: [OperationName: Int], _ comment: Comment
    ) async throws {
        let journal = try await world.journal()
        let history = RunHistory(try await journal.entries(of: try await journal.find("last").id))
        var made: [OperationName: Int] = [:]
        for change in history.changes.values {
            guard let intent = change.intent, let record = change.changes?.first else { continue }
            let outcome = record["outcome"]?.stringValue.flatMap(Outcome.init)
            switch outcome {
            case .confirmed?, .observed?, .accepted?:
                made[OperationName(stringLiteral: intent.operation), default: 0] += 1
                let isAnswered = change.attempts.contains { $0.answer?.outcome == "accepted" }
                #expect(isAnswered || record["settled_by"]?.stringValue != nil, "\(comment): \(intent) \(record)")
            case .refused?, .notSent?: break
            case .unknown?, nil: Issue.record("\(comment): \(intent.operation) is \(record)")
            }
        }
        #expect(made == effects, comment)
    }
}
