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

/// Schedules whose times came, failed, were missed and skipped, and a daemon that was killed in the middle of three runs.
extension StateFixtureMaker {
    /// A schedule knows the path of its script, so that is the same on each machine.
    static let scheduleFolder = "/tmp/iwlua-state-fixtures"

    /// Writes the scripts of the schedules to where the schedules look for them.
    static func writeScheduleScripts() throws {
        try FileManager.default.createDirectory(atPath: scheduleFolder, withIntermediateDirectories: true)
        for (name, text) in [
            ("count.lua", StateScripts.count), ("fail.lua", "fail('not today')\n"), ("reboot.lua", rebootOne),
            ("attach.lua", StateScripts.attach),
        ] {
            let path = "\(scheduleFolder)/\(name)"
            guard (try? String(contentsOfFile: path, encoding: .utf8)) != text else { continue }
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    private static let rebootOne = """
        -- ==Script==
        -- @param id string
        -- @needs instances:power
        -- ==/Script==
        require("iwinv").instances.get(params.id):reboot()
        """

    static func schedules(_ fixture: StateFixture) async throws {
        try writeScheduleScripts()
        var fleet = servers("s", 8, each: 1).objectValue ?? [:]
        fleet["volumes"] = [["name": "s07-data", "type": "ssd", "size": 10]]
        try await FixtureWorld.new(fixture.scene, .object(fleet)) { world in
            let cloud = world.simulator.cloud
            func add(_ name: String, _ script: String, _ server: Int?, _ grant: String?, _ words: [String])
                async throws
            {
                let result = try await world.run(
                    ["schedule", "add", name, "\(scheduleFolder)/\(script)"]
                        + (server.map { ["--param", "id=\(cloud.servers[$0].id)"] } ?? [])
                        + (grant.map { ["--allow", $0] } ?? []) + words)
                #expect(result.status == 0, "\(name): \(result.errors)")
            }
            let hourly = ["--every", "1h"]
            let never = ["--every", "365d"]
            try await add("steady", "count.lua", 0, "instances:edit", hourly)
            try await add("failing", "fail.lua", nil, nil, hourly + ["--pause-after", "2"])
            try await add("held", "count.lua", 1, "instances:edit", hourly)
            try await add("nightly", "count.lua", 2, "instances:edit", ["--cron", "0 4 * * SUN", "--retries", "2"])
            #expect(try await world.run(["schedule", "pause", "held"]).status == 0)
            try await hours(world)
            // From here on only what is asked for.
            for name in ["steady", "nightly"] {
                #expect(try await world.run(["schedule", "pause", name]).status == 0)
            }
            try await add("edits", "count.lua", 4, "instances:edit", never)
            try await add("reboots", "reboot.lua", 5, "instances:power", never)
            try await add(
                "attaches", "attach.lua", nil, "storage:edit",
                never + [
                    "--param", "volume=\(cloud.volumes[0].id)", "--param", "server=\(cloud.servers[6].id)",
                ])
            try await add("waits", "count.lua", 7, "instances:edit", never)
            let made = try await killed(world)
            let ledger = try await ScheduleLedger.open(folder: world.state)
            var runs: [StateRun] = []
            for (name, scope) in [
                ("steady", "s01-"), ("failing", "none"), ("held", "s02-"), ("nightly", "s03-"), ("edits", "s05-"),
                ("reboots", "s06-"), ("attaches", "s07-"), ("waits", "s08-"),
            ] {
                let record = try await ledger.schedule(name)
                let last = try await ledger.occurrences(of: record.id, limit: 1).first
                runs.append(
                    StateRun(name: name, run: last?.run ?? "", scope: scope, made: made[name] ?? [:]))
            }
            try await keep(world, runs, as: fixture)
        }
    }

    /// Four hours: in two of them the daemon is there, then it is not for two, and comes again.
    private static func hours(_ world: FixtureWorld) async throws {
        let now = SystemClock().now.seconds
        let first = now - now % 3600 + 3600
        let ledger = try await ScheduleLedger.open(folder: world.state)
        for (hour, runs) in [(0, 2), (1, 4), (4, 5)] {
            let daemon = try daemon(world, at: Instant(seconds: first + Int64(hour) * 3600 - 2))
            try await until("hour \(hour) is over") {
                var ended = 0
                for record in try await ledger.schedules() {
                    ended += try await ledger.occurrences(of: record.id, limit: 20).count {
                        if case .run = $0.state { true } else { false }
                    }
                }
                return ended >= runs
            }
            daemon.signal(SIGTERM)
            let result = try await daemon.end()
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    /// A daemon that is killed while one run waits for the reply of an edit, another for that of a reboot, and a third is
    /// just about to send.
    ///
    /// - Returns: What each has done.
    private static func killed(_ world: FixtureWorld) async throws -> [String: [String: Int]] {
        try world.setFaults(["instances.edit: delay(60s)", "instances.reboot: delay(60s)"])
        let ledger = try await ScheduleLedger.open(folder: world.state)
        let daemon = try daemon(
            world, at: try await latest(ledger) + .seconds(60),
            with: ["IWLUA_FAIL_AT": "after-sending#3", "IWLUA_TIMEOUT": "120s"])
        var made: [String: [String: Int]] = [:]
        for (name, operation) in [("edits", "instances.edit"), ("reboots", "instances.reboot")] as [(_, OperationName)]
        {
            let count = world.simulator.requests.count
            #expect(try await world.run(["schedule", "run", name]).status == 0)
            try await until("\(name) has sent") {
                world.simulator.requests[count...].contains { $0.operation == operation && $0.hadEffect }
            }
            made[name] = world.effects(since: count)
        }
        #expect(try await world.run(["schedule", "run", "attaches"]).status == 0)
        let result = try await daemon.end()
        #expect(result.status == SIGKILL, "\(result.errors)")
        // Nobody is there to start it.
        #expect(try await world.run(["schedule", "run", "waits"]).status == 0)
        try world.setFaults([])
        return made
    }

    // MARK: - Daemons

    /// A daemon whose clock shows an instant now, and goes as fast as all others.
    static func daemon(
        _ world: FixtureWorld, at instant: Instant, with more: [String: String] = [:]
    ) throws -> Iwlua.Running {
        let clock = "\(SystemClock().now.seconds):\(instant.seconds):1"
        return try world.iwlua.start(
            Iwlua.binary, ["daemon"],
            environment: world.environment.merging(["IWLUA_DAEMON_CLOCK": clock]) { $1 }.merging(more) { $1 })
    }

    /// The latest instant of which the schedules know.
    static func latest(_ ledger: ScheduleLedger) async throws -> Instant {
        var latest = Instant(seconds: 0)
        for record in try await ledger.schedules() {
            latest = max(latest, record.changed, record.added)
            for occurrence in try await ledger.occurrences(of: record.id, limit: 100) {
                latest = max(latest, occurrence.ended ?? occurrence.begun ?? occurrence.claimed)
            }
        }
        return latest
    }

    /// Waits until other processes have come to something; two minutes at most.
    static func until(_ what: String, _ isReached: () async throws -> Bool) async throws {
        for _ in 0..<6000 {
            if try await isReached() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NeverReached(what: what)
    }

    struct NeverReached: Error { var what: String }
}
