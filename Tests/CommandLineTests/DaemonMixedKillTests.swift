import Clocks
import Foundation
import Gate
import IwinvCatalog
import RunStore
import Scheduler
import TestSupport
import Testing

/// Kills the daemon at random instants, as ``DaemonKillTests`` does, in a worse world: the cloud loses replies and
/// connections, scripts change three servers side by side, runs are tried again, policies are mixed, somebody pauses, resumes,
/// asks for runs and takes schedules away meanwhile, a page is open and messages are sent. `IWLUA_KILLS` says how often.
@Suite(.debugProgram) struct DaemonMixedKillTests {
    private static let rate = 240
    private static let pause = 86_400.0 / Double(rate) / 200
    private static let servers = 3

    /// Counts in the names of all its servers, each in a task of its own.
    private static let script = """
        -- ==Script==
        -- @param ids string The servers
        -- @needs instances:edit
        -- ==/Script==
        local iwinv = require "iwinv"
        local ids = {}
        for id in params.ids:gmatch("[^,]+") do ids[#ids + 1] = id end
        task.map(ids, function(id)
          local vm = iwinv.instances.get(id)
          local count = tonumber(vm.name:match("%d+$"))
          vm:edit { name = string.format("count-%06d", count + 1) }
        end, { limit = 3 })
        """

    private static let rules = [
        ["--catch-up", "all", "--retries", "2", "--backoff", "30s"],
        ["--overlap", "queue", "--jitter", "4m", "--retries", "1", "--pause-after", "3"],
        ["--overlap", "replace", "--catch-up", "latest", "--catch-up-window", "2h"],
        ["--blackout", "MON-SUN 02:00-03:30", "--retries", "1", "--timeout-retries", "1", "--time", "20s"],
    ]
    private static let times = [
        ["--cron", "*/10 * * * *"], ["--every", "13m"], ["--cron", "7,37 * * * *", "--tz", "Australia/Lord_Howe"],
        ["--cron", "@hourly", "--tz", "America/St_Johns"],
    ]
    private static let faults = [
        "instances.edit: 10% lost-reply", "instances.edit: 5% reset", "instances.edit: 3% refuse", "reads: 4% html-502",
    ]

    @Test(.timeLimit(.minutes(30)))
    func `in a bad world too, no occurrence is lost or doubled, and each change that was made is known`() async throws {
        let world = try await DaemonWorld(schedules: 8 * Self.servers, rate: Self.rate)
        let told = world.world.iwlua.folder.appendingPathComponent("told").path
        let tell = try world.world.iwlua.file("tell.sh", "#!/bin/sh\ncat >> '\(told)'\n", mode: 0o755)
        try world.configure("notify: [{name: mail, kind: command, command: ['\(tell)']}]")
        let groups = stride(from: 0, to: world.servers.count, by: Self.servers).map {
            world.servers[$0..<$0 + Self.servers].joined(separator: ",")
        }
        for (index, ids) in groups.enumerated() { try await add("s\(index)", index, ids, world) }
        try world.world.setFaults(Self.faults)
        var dice = Dice(state: .random(in: 0 ... .max))
        for round in 0..<KillWorld.kills {
            let daemon = try world.daemon("--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", with: [:])
            // The instant is what is tested.
            try await Task.sleep(for: .seconds(.random(in: 0..<Self.pause, using: &dice)))
            try await meddle(groups, round, world, &dice)
            try await Task.sleep(for: .seconds(.random(in: 0..<Self.pause, using: &dice)))
            daemon.signal(SIGKILL)
            let result = try await daemon.end()
            #expect(result.status == SIGKILL, "\(result.errors)")
        }
        try world.world.setFaults([])
        try await world.settle()
        try await expectAllKnown(groups, world)
        // Whoever asked to be told of failures was told of each, by a key that tells doubles.
        #expect(try await world.ledger.newNotices().isEmpty)
        #expect(try await world.ledger.deliveries().isEmpty)
        try await world.world.end()
    }

    private func add(_ name: String, _ index: Int, _ ids: String, _ world: DaemonWorld) async throws {
        let script = try world.world.iwlua.file("count3.lua", Self.script)
        let result = try await world.world.run(
            ["schedule", "add", name, script, "--param", "ids=\(ids)", "--allow", "instances:edit"]
                + Self.times[index % Self.times.count] + Self.rules[index / 2 % Self.rules.count])
        #expect(result.status == 0, "\(result.errors)")
    }

    /// What a person does meanwhile.
    private func meddle(_ groups: [String], _ round: Int, _ world: DaemonWorld, _ dice: inout Dice) async throws {
        let records = try await world.ledger.schedules()
        let name = try #require(records.randomElement(using: &dice)).definition.name
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: _ = try await world.world.run(["schedule", "pause", name])
        case 1: _ = try await world.world.run(["schedule", "run", name])
        case 2:
            // Under another name: what became of the first stays what it is.
            let index = try #require(Int(name.dropFirst().prefix { $0.isNumber }))
            let result = try await world.world.run(["schedule", "remove", name])
            #expect(result.status == 0, "\(result.errors)")
            try await add("s\(index)-\(round)", index, groups[index], world)
        default:
            for record in records where record.state != .active {
                _ = try await world.world.run(["schedule", "resume", record.definition.name])
            }
        }
    }

    private func expectAllKnown(_ groups: [String], _ world: DaemonWorld) async throws {
        let journal = try await world.world.journal()
        #expect(try await journal.verify().faults.isEmpty)
        #expect(try await world.ledger.openOccurrences().isEmpty)
        for record in try await world.ledger.schedules() {
            let name = record.definition.name
            let planned = try PlannedSchedule(record, zones: ZoneCatalog())
            let rows = try await world.ledger.occurrences(of: record.id, limit: 10_000).reversed()
            let instants = Set(
                planned.recurrence.instants(after: record.added, in: planned.zone)
                    .prefix { $0 <= rows.last?.through ?? record.added })
            // Those that were asked for by hand are beside the plan.
            let known = rows.filter { instants.contains($0.key.instant) }
            let expected = instants.count { $0 <= known.last?.through ?? record.added }
            #expect(known.reduce(0) { $0 + $1.count } == expected, "\(name)")
            for row in rows {
                switch row.state {
                case .skipped: #expect(row.attempts == 0, "\(name) \(row)")
                case .run(let word): #expect(row.attempts > 0 && word != "cut", "\(name) \(row)")
                default: Issue.record("\(name): \(row)")
                }
            }
        }
        // What the journals know was done, and what they do not know about, is what the cloud has seen.
        var done: [String: ClosedRange<Int>] = [:]
        for run in try await journal.runs(limit: 100_000) {
            let history = RunHistory(try await journal.entries(of: run.id))
            for change in history.changes.values.flatMap({ $0.changes ?? [] }) {
                guard let id = change["id"]?.stringValue, let outcome = change["outcome"]?.stringValue else { continue }
                let old = done[id] ?? 0...0
                switch outcome {
                case "confirmed": done[id] = old.lowerBound + 1...old.upperBound + 1
                case "unknown": done[id] = old.lowerBound...old.upperBound + 1
                default: break
                }
            }
        }
        let effects = world.world.effects("instances.edit")
        #expect(effects.values.reduce(0, +) > 0)
        for id in groups.flatMap({ $0.split(separator: ",").map(String.init) }) {
            let range = done[id] ?? 0...0
            #expect(range.contains(effects[id] ?? 0), "\(id): \(effects[id] ?? 0) changes, \(range) known")
        }
    }
}
