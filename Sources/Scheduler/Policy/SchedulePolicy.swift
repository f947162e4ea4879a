import Clocks
public import IwinvCatalog

/// What becomes of a schedule's instants beside running at once.
public struct SchedulePolicy: Sendable, Hashable {
    /// An instant comes while an occurrence before it is not over.
    public enum Overlap: String, Sendable, CaseIterable {
        /// It is left out.
        case skip
        /// It waits for its turn; at most ``SchedulePolicy/queueLimit`` do.
        case queue
        /// The run under way is stopped before its next request, and this one takes its place.
        case replace
    }

    /// Instants have passed at which nobody was there to start anything.
    public enum CatchUp: String, Sendable, CaseIterable {
        case none
        /// The latest of them, if nothing newer is due.
        case latest
        /// One after the other.
        case all
    }

    public var overlap = Overlap.skip
    public var catchUp = CatchUp.none
    /// How long ago a moment may be that is caught up.
    public var catchUpWindow = Duration.seconds(86_400)
    /// Starts are spread over so much time; see ``Jitter``.
    public var jitter = Duration.zero
    /// How often a failed run is tried again.
    public var retries = 0
    /// How often one that was out of time is tried again: counted apart from the others.
    public var timeoutRetries = 0
    /// Before the first retry; twice as long before each further one, up to ``longestBackoff``.
    public var backoff = Duration.seconds(60)
    /// Of each run.
    public var timeLimit: Duration?
    /// So many failed occurrences in a row pause the schedule.
    public var pauseAfter: Int?
    public var blackouts: [Blackout] = []

    /// What starts later than this after its time is late: it was missed, and is caught up or not.
    public static let grace = Duration.seconds(60)
    public static let queueLimit = 10
    public static let longestBackoff = Duration.seconds(3600)

    public init() {}

    /// How long to wait before a retry.
    ///
    /// - Parameter retry: From 1.
    func delay(before retry: Int) -> Duration {
        var delay = backoff
        for _ in 1..<max(2, retry) where retry > 1 && delay < Self.longestBackoff { delay += delay }
        return min(delay, max(backoff, Self.longestBackoff))
    }

    func isBlackout(_ wall: WallTime) -> Bool { blackouts.contains { $0.contains(wall) } }
}

extension SchedulePolicy {
    /// As it is kept: durations in nanoseconds, and only what is not the default.
    public var json: JSONValue {
        let standard = SchedulePolicy()
        var members: [String: JSONValue] = [:]
        if overlap != standard.overlap { members["overlap"] = .string(overlap.rawValue) }
        if catchUp != standard.catchUp { members["catch_up"] = .string(catchUp.rawValue) }
        for (name, path) in Self.durations where self[keyPath: path] != standard[keyPath: path] {
            members[name] = .integer(self[keyPath: path].wholeNanoseconds)
        }
        if retries > 0 { members["retries"] = .integer(Int64(retries)) }
        if timeoutRetries > 0 { members["timeout_retries"] = .integer(Int64(timeoutRetries)) }
        members["time"] = timeLimit.map { .integer($0.wholeNanoseconds) }
        members["pause_after"] = pauseAfter.map { .integer(Int64($0)) }
        if !blackouts.isEmpty { members["blackouts"] = .array(blackouts.map { .string($0.text) }) }
        return .object(members)
    }

    /// Nil for what this version does not know.
    public init?(json: JSONValue) {
        guard let members = json.objectValue else { return nil }
        for (name, value) in members {
            if let path = Self.durations[name], let length = value.integerValue {
                self[keyPath: path] = .nanoseconds(length)
                continue
            }
            switch name {
            case "overlap":
                guard let word = value.stringValue.flatMap(Overlap.init) else { return nil }
                overlap = word
            case "catch_up":
                guard let word = value.stringValue.flatMap(CatchUp.init) else { return nil }
                catchUp = word
            case "retries": retries = value.integerValue.map { Int(clamping: $0) } ?? 0
            case "timeout_retries": timeoutRetries = value.integerValue.map { Int(clamping: $0) } ?? 0
            case "time": timeLimit = value.integerValue.map { .nanoseconds($0) }
            case "pause_after": pauseAfter = value.integerValue.map { Int(clamping: $0) }
            case "blackouts":
                for text in value.arrayValue ?? [] {
                    guard let blackout = text.stringValue.flatMap({ try? Blackout($0) }) else { return nil }
                    blackouts.append(blackout)
                }
            default: return nil
            }
        }
    }

    private static var durations: [String: WritableKeyPath<SchedulePolicy, Duration>] {
        ["catch_up_window": \.catchUpWindow, "jitter": \.jitter, "backoff": \.backoff]
    }
}
