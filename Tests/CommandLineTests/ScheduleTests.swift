import Clocks
import Foundation
import IwinvCatalog
import RunStore
import Scheduler
import Testing

/// `iwlua schedule`.
@Suite struct ScheduleTests {
    private let account = ["IWINV_ACCESS_KEY": "simulated-access-key", "IWINV_SECRET_KEY": "simulated-secret-key"]
    private let place: HistoryScratch

    init() async throws { place = try await HistoryScratch() }

    private func schedule(_ words: String...) async throws -> Iwlua.Result {
        try await place.iwlua.run(["schedule"] + words, environment: place.environment.merging(account) { $1 })
    }

    private func ledger() async throws -> ScheduleLedger {
        try await ScheduleLedger.open(folder: place.iwlua.folder.appendingPathComponent("state").path)
    }

    @Test func `a schedule is added with its approval, shown, paused, let go on and taken away`() async throws {
        defer { place.iwlua.remove() }
        let script = Iwlua.automation("rolling-reboot.lua")
        let words = ["add", "weekly", script, "--cron", "0 4 * * SUN", "--param", "prefix=web-"]
        func add(_ more: String...) async throws -> Iwlua.Result {
            try await place.iwlua.run(
                ["schedule"] + words + more, environment: place.environment.merging(account) { $1 })
        }
        let refused = try await add()
        #expect(refused.status == 2 && refused.errors.contains("add --allow \"instances:power\""), "\(refused.errors)")
        #expect(try await ledger().schedules().isEmpty)
        let added = try await add("--allow", "instances:power", "--retries", "2", "--time", "30m", "--jitter", "10m")
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.output.contains("overlap skip, catch-up none, jitter up to 10m, retries 2, backoff 1m, time 30m"))
        let approval = try #require(try await place.journal.approvals().first)
        let record = try await ledger().schedule("weekly")
        #expect(record.definition.approval == approval.id && record.definition.script == script)
        let twice = try await add("--allow", "instances:power")
        #expect(twice.status == 2 && twice.errors.contains("there is a schedule weekly already"))
        let replaced = try await add("--allow", "instances:power", "--replace", "--jitter", "9m")
        #expect(replaced.status == 0 && replaced.output.contains("jitter up to 9m"), "\(replaced.errors)")
        #expect(try await ledger().schedules().map(\.definition.name) == ["weekly"])
        let shown = try await schedule("show", "weekly", "--output", "json")
        let next = try #require(try shown.json["next"]?.arrayValue?.compactMap(\.stringValue))
        // In Seoul it is Sunday, four o'clock and less than ten minutes more.
        #expect(next.count == 5 && Set(next).count == 5 && next.allSatisfy { $0.contains("T19:0") })
        let text = try await schedule("show", "weekly", "--lang", "ko")
        #expect(text.output.contains("다음 (Asia/Seoul)") && text.output.contains("+09:00"))
        #expect(try await schedule("pause", "weekly", "--reason", "holidays").status == 0)
        #expect(try await schedule().output.contains("paused: holidays"))
        #expect(try await schedule("resume", "weekly").errors.hasPrefix("weekly goes on: "))
        #expect(try await schedule("remove", "weekly").status == 0)
        #expect(try await schedule("list").errors == "no schedules\n")
        for text in [added.output, added.errors, shown.output, text.output] {
            #expect(!text.contains("simulated-secret-key") && !text.contains("simulated-access-key"))
        }
    }

    @Test(arguments: [
        (["--cron", "0 4 * * SUNDY"], "`0 4 * * SUNDY`, column 9: `SUNDY` is no day of the week; did you mean `SUN`?"),
        (
            ["--cron", "0 4 * * *", "--tz", "Asia/Soul"],
            "there is no time zone `Asia/Soul`; did you mean `Asia/Seoul`?"
        ),
        (["--at", "2020-01-01T00:00"], "--at 2020-01-01T00:00: that is over"),
        (["--every", "6 hours"], "`6 hours` is no interval"), (["--cron", "@daily", "--every", "6h"], "give one of"),
        ([], "give one of --cron, --every and --at"),
        (["--cron", "@daily", "--blackout", "always"], "--blackout: `always` is no blackout"),
    ])
    func `a slip is told before anything is kept`(_ words: [String], _ message: String) async throws {
        defer { place.iwlua.remove() }
        let result = try await place.iwlua.run(
            ["schedule", "add", "x", Iwlua.automation("cost-report.lua")] + words,
            environment: place.environment.merging(account) { $1 })
        #expect(result.status == 2 && result.errors.contains(message), "\(result.errors)")
        #expect(try await ledger().schedules().isEmpty)
    }

    @Test func `a month is simulated: runs, skips with their reasons, and the day on which clocks change`() async throws
    {
        defer { place.iwlua.remove() }
        let ledger = try await ledger()
        for (name, cron) in [("often", "*/30 * * * *"), ("nightly", "30 2 * * *"), ("first", "0 0 1 * *")] {
            try await ledger.add(
                ScheduleDefinition(
                    name: name, recurrence: "cron \(cron)", zone: "Europe/Berlin", script: "/srv/\(name).lua",
                    text: "f00", approval: "a1"), at: Instant(seconds: 1_700_000_000))
        }
        let words = ["--from", "2027-03-01", "--to", "2027-04-01", "--tz", "Europe/Berlin"]
        let result = try await place.iwlua.run(
            ["schedule", "simulate", "--take", "45m"] + words, environment: place.environment)
        #expect(result.status == 0, "\(result.errors)")
        // 31 days less an hour, of which every second half hour is taken up.
        let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("often 743 overlap 743") && lines.contains("nightly 31"), "\(result.output)")
        #expect(
            result.output.contains(
                "clocks in Europe/Berlin are set ahead by 1h at 2027-03-28T03:00:00+02:00\n"), "\(result.output)")
        // The start is in it, the end is not.
        #expect(lines.contains("first 1"), "\(result.output)")
        let first = try await place.iwlua.run(
            ["schedule", "simulate", "first", "--output", "json"] + words, environment: place.environment)
        let only = try first.json["events"]?.arrayValue?.compactMap { $0["at"]?.stringValue }
        #expect(only == ["2027-02-28T23:00:00.000Z"])
        let machine = try await place.iwlua.run(
            ["schedule", "simulate", "nightly", "--output", "json"] + words, environment: place.environment)
        let starts = try #require(try machine.json["events"]?.arrayValue?.compactMap { $0["at"]?.stringValue })
        // In the gap: at its end.
        #expect(
            starts.count == 31 && starts[26] == "2027-03-27T01:30:00.000Z" && starts[27] == "2027-03-28T01:00:00.000Z")
        #expect(starts.count > 28 && starts[28] == "2027-03-29T00:30:00.000Z")
    }
}
