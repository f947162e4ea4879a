import Clocks
import RunStore
import Scheduler
import Synchronization

/// What a daemon has done since it came up, in Prometheus' text format.
final class DaemonMetrics: Sendable {
    /// Upper bounds in seconds.
    private static let bounds: [Double] = [1, 5, 15, 60, 300, 900, 1800, 3600, 10_800]

    private struct Counts {
        var runs: [[String]: Int] = [:]
        var skips: [[String]: Int] = [:]
        var retries: [[String]: Int] = [:]
        var pauses: [[String]: Int] = [:]
        var notifications: [[String]: Int] = [:]
        var missed = 0
        var buckets = [Int](repeating: 0, count: DaemonMetrics.bounds.count)
        var durations = 0
        var seconds = 0.0
        var lastSuccess: [[String]: Int] = [:]
    }

    private let counts = Mutex(Counts())

    /// Takes an event in.
    func add(_ event: DaemonEvent) {
        let schedule = event.schedule ?? ""
        counts.withLock { counts in
            switch event.kind {
            case .begun, .resumed, .recovered, .idle: break
            case .retrying(_, _, let isTimeout):
                counts.retries[[schedule, isTimeout ? "timeout" : "failure"], default: 0] += 1
                Self.observe(event.took, &counts)
            case .ended(let word, let verdict):
                counts.runs[[schedule, word], default: 0] += 1
                if verdict == .success { counts.lastSuccess[[schedule]] = Int(event.at.seconds) }
                Self.observe(event.took, &counts)
            case .skipped(let reason, _, let count):
                counts.skips[[schedule, reason.rawValue], default: 0] += count
                if event.isMissed { counts.missed += count }
            case .paused: counts.pauses[[schedule], default: 0] += 1
            }
        }
    }

    /// Takes a try in: `sent`, `failed`, which is tried again, or `given_up`.
    func addNotification(_ target: String, _ result: String) {
        counts.withLock { $0.notifications[[target, result], default: 0] += 1 }
    }

    private static func observe(_ took: Duration?, _ counts: inout Counts) {
        guard let took else { return }
        let seconds = Double(took.wholeNanoseconds) / 1e9
        for (index, bound) in bounds.enumerated() where seconds <= bound { counts.buckets[index] += 1 }
        counts.durations += 1
        counts.seconds += seconds
    }

    /// The whole page.
    ///
    /// - Parameter budgets: requests left, by profile.
    func text(_ standing: DaemonStanding, budgets: [String: Int], now: Instant) -> String {
        let counts = counts.withLock(\.self)
        var page = MetricsPage()
        page.family("iwlua_build_info", "gauge", "The version.", ["version"], [[Iwlua.version]: 1])
        page.family(
            "iwlua_up_seconds", "gauge", "Since when the daemon is up.",
            Int((now - standing.upSince).wholeNanoseconds / 1_000_000_000))
        page.family(
            "iwlua_serving", "gauge", "Whether it has the lease and looks at the time.",
            standing.isLooking(at: now) ? 1 : 0)
        page.family(
            "iwlua_schedules", "gauge", "Schedules by state.", ["state"],
            [["active"]: standing.active, ["paused"]: standing.paused])
        page.family(
            "iwlua_schedules_idle", "gauge", "Schedules that are armed but idle: something is wrong.",
            standing.idle.count)
        page.family(
            "iwlua_occurrences", "gauge", "Occurrences that are not over.", ["state"],
            [["running"]: standing.running, ["waiting"]: standing.waiting])
        page.family(
            "iwlua_runs_total", "counter", "Occurrences that were run, by their end.", ["schedule", "end"], counts.runs)
        page.family(
            "iwlua_skips_total", "counter", "Instants that were not run, by reason.", ["schedule", "reason"],
            counts.skips)
        page.family(
            "iwlua_missed_total", "counter", "Instants that passed with no daemon, or a late one.", counts.missed)
        page.family(
            "iwlua_retries_total", "counter", "Attempts that were followed by another.", ["schedule", "after"],
            counts.retries)
        page.family(
            "iwlua_pauses_total", "counter", "Schedules that paused themselves.", ["schedule"], counts.pauses)
        page.family(
            "iwlua_notifications_total", "counter", "Tries to tell somebody, by what became of them.",
            ["target", "result"], counts.notifications)
        page.family(
            "iwlua_last_success_timestamp_seconds", "gauge", "When a run of it last ended well.", ["schedule"],
            counts.lastSuccess)
        page.family(
            "iwlua_budget_remaining", "gauge", "Requests that may be sent now, as far as the daemon knows.",
            ["profile"], Dictionary(uniqueKeysWithValues: budgets.map { ([$0.key], $0.value) }))
        page.histogram(
            "iwlua_run_duration_seconds", "How long attempts took.", bounds: Self.bounds, buckets: counts.buckets,
            sum: counts.seconds, count: counts.durations)
        return page.text
    }
}

/// Lines of Prometheus' text format, version 0.0.4.
struct MetricsPage {
    private(set) var text = ""

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func family(_ name: String, _ type: String, _ help: String, _ value: Int) {
        head(name, type, help)
        text += "\(name) \(value)\n"
    }

    mutating func family(
        _ name: String, _ type: String, _ help: String, _ labels: [String], _ values: [[String]: Int]
    ) {
        head(name, type, help)
        for (key, value) in values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let pairs = zip(labels, key).map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            text += "\(name){\(pairs)} \(value)\n"
        }
    }

    mutating func histogram(
        _ name: String, _ help: String, bounds: [Double], buckets: [Int], sum: Double, count: Int
    ) {
        head(name, "histogram", help)
        for (bound, value) in zip(bounds, buckets) { text += "\(name)_bucket{le=\"\(bound)\"} \(value)\n" }
        text += "\(name)_bucket{le=\"+Inf\"} \(count)\n\(name)_sum \(sum)\n\(name)_count \(count)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
