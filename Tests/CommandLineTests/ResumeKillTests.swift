import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunStore
import TestSupport
import Testing

/// Kills the program at random instants, resumes it, kills it again: whatever happens, no change takes effect twice, and
/// the journal says of each how it ended. `IWLUA_KILLS` says how many rounds each test has (7 if unset: 21 in all).
@Suite struct ResumeKillTests {
    private static let kills = ProcessInfo.processInfo.environment["IWLUA_KILLS"].flatMap { Int($0) } ?? 7

    private static let rename = """
        -- ==Script==
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        task.map(servers, function(vm)
            iwinv.retry(function() vm:edit { name = "new-" .. vm.name:sub(5) } end, { times = 5, pause = "0s" })
        end, { limit = 4 })
        return #servers
        """

    private static let reboot = """
        -- ==Script==
        -- @needs instances:power
        -- ==/Script==
        local iwinv = require "iwinv"
        local servers = iwinv.instances.list { name = "web-" }
        for i, vm in ipairs(servers) do vm:reboot() end
        return #servers
        """

    private struct World {
        let iwlua: Iwlua
        let simulator: IwinvSimulator
        let environment: [String: String]

        init(servers: Int, faults: [String] = []) async throws {
            iwlua = try Iwlua()
            let fleet = try FleetDescription(
                JSONCodec.decode(
                    Array(#"{"servers": [{"name": "web-%03d", "count": \#(servers)}]}"#.utf8)))
            let clock = SystemClock()
            var configuration = SimulatorConfiguration(cloud: try Cloud(fleet, seed: 1, at: clock.now), clock: clock)
            configuration.quota = nil
            configuration.faults = try faults.flatMap(FaultRule.rules(in:))
            simulator = try await IwinvSimulator.start(configuration)
            environment = [
                "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
                "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none", "IWLUA_TIMEOUT": "2s",
                "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
            ]
        }

        func end() async throws {
            try await simulator.stop()
            iwlua.remove()
        }

        /// How often each resource was changed.
        func effects(_ operation: OperationName) -> [String: Int] {
            let changes = simulator.requests.filter { $0.operation == operation && $0.hadEffect }
            return Dictionary(changes.map { (String($0.target.split(separator: "/")[2]), 1) }, uniquingKeysWith: +)
        }

        /// Runs, and kills after so many microseconds; the exit code, nil if it was killed.
        func run(_ arguments: [String], killedAfter delay: Int?) async throws -> Iwlua.Result {
            let process = try iwlua.start(Iwlua.binary, arguments, environment: environment)
            if let delay {
                // The instant is what is tested; the test itself waits for the process.
                try await Task.sleep(for: .microseconds(delay))
                process.signal(SIGKILL)
            }
            return try await process.end()
        }

        func journal() async throws -> Journal { try await Journal.open(folder: environment["IWLUA_STATE"] ?? "") }
    }

    /// Kills a run at a random instant, then its resumptions, and lets the last one end.
    private func killed(
        _ world: World, _ script: String, grant: String, dice: inout Dice, span: Int, unknown: [String] = []
    ) async throws -> Iwlua.Result {
        let file = try world.iwlua.file("script.lua", script)
        let start = ["run", file, "--allow", grant, "--yes", "--output", "json"]
        var result = try await world.run(start, killedAfter: Int.random(in: 0..<span, using: &dice))
        let journal = try await world.journal()
        if try await journal.runs().isEmpty { result = try await world.run(start, killedAfter: nil) }
        for _ in 0..<Int.random(in: 0..<3, using: &dice) {
            let resume = ["resume", "last", "--output", "json"] + unknown
            result = try await world.run(resume, killedAfter: Int.random(in: 0..<span, using: &dice))
        }
        // Faults may end it: each time it goes on where it was.
        for _ in 0..<12 where result.status != 0 {
            if case .ended("done") = try await journal.find("last").state { break }
            result = try await world.run(["resume", "last", "--output", "json"] + unknown, killedAfter: nil)
        }
        return result
    }

    @Test(arguments: FailPoint.allCases)
    func `dying before or after any step leaves what can be resumed`(_ point: FailPoint) async throws {
        let script = """
            -- ==Script==
            -- @needs instances:edit instances:create
            -- ==/Script==
            local iwinv = require "iwinv"
            local first = iwinv.instances.list { name = "web-" }[1]
            first:edit { name = "new-" .. first.name:sub(5) }
            local flavor, image = first.flavor.flavor_id, first.image.image_id
            local made = iwinv.instances.create {
                name = "made-01", zone_id = first.zone.zone_id, flavor_id = flavor, image_id = image }
            for _, vm in ipairs(iwinv.instances.list { name = "web-" }) do vm:edit { name = "new-" .. vm.name:sub(5) } end
            return made.instance_id
            """
        for number in 1...3 where number == 1 || point != .beforeEnd {
            let world = try await World(servers: 3)
            let file = try world.iwlua.file("script.lua", script)
            var environment = world.environment
            environment["IWLUA_FAIL_AT"] = "\(point.rawValue)#\(number)"
            let killed = try await world.iwlua.run(
                ["run", file, "--allow", "instances:edit,instances:create", "--yes"], environment: environment)
            #expect(killed.status == SIGKILL, "\(killed.errors)")
            let result = try await world.run(["resume", "last", "--output", "json"], killedAfter: nil)
            #expect(result.status == 0, "\(point) \(number): \(result.errors)")
            #expect(world.effects("instances.edit").values.sorted() == [1, 1, 1], "\(point) \(number)")
            let created = world.simulator.requests.filter { $0.operation == "instances.create" && $0.hadEffect }
            #expect(created.count == 1, "\(point) \(number)")
            let report = try result.json
            #expect(report["result"]?.stringValue?.isEmpty == false)
            let outcomes = report["changes"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue }
            #expect(outcomes?.count == 4 && outcomes?.contains("unknown") == false, "\(outcomes ?? [])")
            #expect(try await world.journal().verify().faults.isEmpty)
            try await world.end()
        }
    }

    @Test(arguments: [[], ["changes: 5% lost-reply", "changes: 3% reset", "*: 2% html-502"]])
    func `no server is renamed twice, and all are in the end`(_ faults: [String]) async throws {
        var dice = Dice(state: UInt64(faults.count) + 1)
        for round in 0..<Self.kills {
            let world = try await World(servers: 60, faults: faults)
            let result = try await killed(
                world, Self.rename, grant: "instances:edit", dice: &dice, span: 900_000)
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.edit")
            #expect(effects.count == 60, "round \(round)")
            #expect(effects.values.allSatisfy { $0 == 1 }, "round \(round): \(effects.filter { $0.value != 1 })")
            let journal = try await world.journal()
            #expect(try await journal.verify().faults.isEmpty)
            let run = try await journal.find("last")
            #expect(run.unknown == 0 && run.open == 0, "round \(round): \(run)")
            let history = RunHistory(try await journal.entries(of: run.id))
            let outcomes = history.changes.values.flatMap { $0.changes ?? [] }.compactMap { $0["outcome"]?.stringValue }
            // What failed was tried again by the script: another call.
            #expect(outcomes.count { $0 == "confirmed" } == 60, "round \(round): \(outcomes)")
            #expect(Set(outcomes).isSubset(of: ["confirmed", "refused", "not-sent"]), "round \(round): \(outcomes)")
            try await world.end()
        }
    }

    @Test func `no server is rebooted twice unless somebody says so, and what nobody can tell is unknown`() async throws
    {
        var dice = Dice(state: 7)
        for round in 0..<Self.kills {
            let world = try await World(servers: 20)
            let result = try await killed(
                world, Self.reboot, grant: "instances:power", dice: &dice, span: 500_000,
                unknown: ["--unknown", "skip"])
            #expect(result.status == 0 || result.output.isEmpty, "round \(round): \(result.errors.suffix(600))")
            let effects = world.effects("instances.reboot")
            #expect(effects.values.allSatisfy { $0 == 1 }, "round \(round)")
            let journal = try await world.journal()
            let run = try await journal.find("last")
            // Skipped ones may or may not have been made; all others were.
            #expect(run.changes == 20)
            #expect(20 - effects.count <= run.unknown, "round \(round): \(effects.count) \(run)")
            try await world.end()
        }
    }
}
