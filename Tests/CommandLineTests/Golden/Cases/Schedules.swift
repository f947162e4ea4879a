import Clocks
import IwinvCatalog
import RunStore
import Scheduler

/// Schedules.
extension GoldenSetup {
    private static let add = "schedule add nightly rename.lua --at 2099-12-24T04:00 --allow instances:edit"

    static let scheduled = cloud("a schedule", after: [.init(add)])
    static let paused = cloud(
        "a schedule that is paused", after: [.init(add), .init("schedule pause nightly --reason holidays")])
    static let requested = cloud("a schedule that is to run now", after: [.init(add), .init("schedule run nightly")])

    static let pausedAndChanged = GoldenSetup(name: "a paused schedule whose script was changed", hasCloud: true) {
        world in
        try await paused.build(world)
        try world.file("rename.lua", "print('another one')\n")
    }

    /// Of fixed instants, written by the test.
    static let schedules = exact("three schedules") { ledger in
        try await add("often", "cron */30 * * * *", to: ledger)
        try await add("nightly", "cron 30 2 * * *", to: ledger)
        try await add("once", "at 2099-12-24T04:00", to: ledger)
        try await ledger.request("once", at: Instant(seconds: 1_700_000_100))
        _ = try await ledger.pause("nightly", reason: "holidays", at: Instant(seconds: 1_700_000_200))
    }

    static let onlyOnce = exact("a schedule of one instant") { ledger in
        try await add("once", "at 2099-12-24T04:00", to: ledger)
        try await ledger.request("once", at: Instant(seconds: 1_700_000_100))
    }

    private static func add(_ name: String, _ times: String, to ledger: ScheduleLedger) async throws {
        try await ledger.add(
            ScheduleDefinition(
                name: name, recurrence: times, zone: "Europe/Berlin", script: "/srv/\(name).lua", text: "f00d",
                approval: "a1b2"), at: Instant(seconds: 1_700_000_000))
    }

    private static func exact(
        _ name: String, _ fill: @escaping @Sendable (ScheduleLedger) async throws -> Void
    ) -> GoldenSetup {
        var setup = GoldenSetup(name: name) { world in
            try await fill(try await ScheduleLedger.open(folder: world.state))
            try await world.close()
        }
        setup.isExact = true
        return setup
    }

    static let notified = GoldenSetup(name: "two receivers of messages") { world in
        try world.file(
            "config/iwlua/config.yaml",
            """
            notify:
              - {name: mail, kind: command, command: [/bin/true]}
              - {name: pager, kind: command, command: [/bin/false]}
            """, mode: 0o600)
    }
    static let noLedger = GoldenSetup(name: "schedules that are no database") { world in
        try world.file("state/schedules.sqlite", "This is a text, and long enough to be looked at.\n", mode: 0o600)
    }
}
