import ArgumentParser
import Clocks
import Scheduler
import ScriptHost

/// What becomes of instants beside running at once.
struct PolicyOptions: ParsableArguments {
    @Option(help: "When the run before is not over: skip, queue, or replace it (default: skip).")
    var overlap: SchedulePolicy.Overlap?

    @Option(
        help: "Of instants that passed with nobody there: run none, the latest, or all (default: none).")
    var catchUp: SchedulePolicy.CatchUp?

    @Option(help: ArgumentHelp("Catch up what is at most so old (default: 1d).", valueName: "duration"))
    var catchUpWindow: String?

    @Option(
        help: ArgumentHelp(
            "Start up to so much later: always as much, by the schedule's name.", valueName: "duration"))
    var jitter: String?

    @Option(help: ArgumentHelp("Try a failed run again so often.", valueName: "n"))
    var retries: Int?

    @Option(help: ArgumentHelp("Try a run that was out of time again so often.", valueName: "n"))
    var timeoutRetries: Int?

    @Option(
        help: ArgumentHelp(
            "Wait before the first retry; twice as long before each further one (default: 1m).", valueName: "duration"))
    var backoff: String?

    @Option(help: ArgumentHelp("Pause after so many failures in a row.", valueName: "n"))
    var pauseAfter: Int?

    @Option(
        name: .customLong("blackout"),
        help: ArgumentHelp(
            "Start nothing then: \"MON-FRI 09:00-18:00\", \"2026-12-24..2027-01-02\".", valueName: "hours"))
    var blackouts: [String] = []

    /// - Parameter time: The limit of each run.
    /// - Throws: ``UsageError``.
    func policy(time: Duration?) throws -> SchedulePolicy {
        var policy = SchedulePolicy()
        policy.overlap = overlap ?? policy.overlap
        policy.catchUp = catchUp ?? policy.catchUp
        policy.catchUpWindow = try LimitOptions.duration(catchUpWindow, "--catch-up-window") ?? policy.catchUpWindow
        policy.jitter = try LimitOptions.duration(jitter, "--jitter") ?? policy.jitter
        policy.backoff = try LimitOptions.duration(backoff, "--backoff") ?? policy.backoff
        policy.retries = try Self.count(retries, "--retries", from: 0) ?? 0
        policy.timeoutRetries = try Self.count(timeoutRetries, "--timeout-retries", from: 0) ?? 0
        policy.pauseAfter = try Self.count(pauseAfter, "--pause-after", from: 1)
        policy.timeLimit = time
        for text in blackouts {
            do { policy.blackouts.append(try Blackout(text)) } catch {
                throw UsageError("--blackout: \(error)")
            }
        }
        return policy
    }

    private static func count(_ value: Int?, _ flag: String, from least: Int) throws(UsageError) -> Int? {
        guard let value else { return nil }
        guard (least...1000).contains(value) else { throw UsageError("\(flag) takes a number from \(least) to 1000") }
        return value
    }
}
