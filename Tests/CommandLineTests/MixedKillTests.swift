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
@Suite struct MixedKillTests {
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
        var timing = Timing()
        (timing.shutdown, timing.volumeAttachment) = (1, 1)
        let world = try await KillWorld(
            servers: Self.servers, faults: Self.faults, timing: timing,
            more: [
                "volumes": .array((1...3).map { ["name": .string("data-0\($0)"), "type": "ssd", "size": 100] }),
                "firewalls": [["title": "front"]],
            ])
        let file = try world.iwlua.file("script.lua", Self.script)
        let grants = "instances:edit,instances:power,instances:create,storage:edit,firewall:edit"
        let result = try await world.killed(
            ["run", file, "--allow", grants, "--yes", "--output", "json"], dice: &dice, span: 3_000_000)
        #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(900))")

        for (operation, count) in Self.effects {
            let made = world.simulator.requests.filter { $0.operation == operation && $0.hadEffect }
            #expect(made.count == count, "round \(round): \(operation) took effect \(made.count) times")
        }
        let edits = world.effects("instances.edit")
        #expect(edits.values.allSatisfy { $0 == 1 }, "round \(round): \(edits)")
        #expect(world.effects("instances.shutdown").values.allSatisfy { $0 == 1 }, "round \(round)")
        let names = (1...Self.servers).map { String(format: "new-%03d", $0) }
        #expect(world.names == ["made-01"] + names, "round \(round)")
        _ = try await world.outcomes("round \(round)")
        try await judge(world, "round \(round)")
        try await world.end()
    }

    /// What the journal says of each kind of change is what the cloud has counted, and nothing is said without a reason.
    private func judge(_ world: KillWorld, _ comment: Comment) async throws {
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
        #expect(made == Self.effects, comment)
    }
}
