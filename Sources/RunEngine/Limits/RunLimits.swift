import Clocks
public import Gate
public import IwinvCatalog
public import LuaRuntime

/// What bounds a run besides its grants: how many changes, how fast, how long, with how much of this machine, and how
/// strictly it is isolated.
///
/// ``Key`` is the table from which flags, journal, approvals and schedules follow: a limit is one entry there.
public struct RunLimits: Sendable, Hashable {
    private var values: [Key: Value] = [:]

    /// Nothing but the defaults.
    public init() {}

    /// What a limit is set to.
    public enum Value: Sendable, Hashable {
        case count(Int)
        case duration(Duration)
        /// In bytes.
        case size(Int)
        case failures(BlastRadius.Failures)
        /// A switch that is on.
        case on
    }

    public subscript(_ key: Key) -> Value? { values[key] }

    /// Sets a limit to a text as a person writes it.
    ///
    /// - Throws: ``LimitProblem`` for a text that is not one of the limit's.
    public mutating func set(_ key: Key, to text: String) throws(LimitProblem) {
        values[key] = try key.rule.value(text)
    }

    /// - Throws: ``LimitProblem`` for a number that is too small.
    public mutating func set(_ key: Key, to count: Int) throws(LimitProblem) {
        values[key] = try key.rule.value(count)
    }

    public mutating func turnOn(_ key: Key) { values[key] = .on }

    public func isOn(_ key: Key) -> Bool { values[key] == .on }

    private func count(_ key: Key) -> Int? {
        if case .count(let count) = values[key] { count } else { nil }
    }

    private func duration(_ key: Key) -> Duration? {
        if case .duration(let duration) = values[key] { duration } else { nil }
    }

    // MARK: - What they mean to the parts of a run

    /// A change beyond this number is refused; nil for no limit.
    public var changes: Int? { count(.changes) }

    /// The longest that a run may take; nil for no limit.
    public var time: Duration? { duration(.time) }

    public var radius: BlastRadius {
        var failures: BlastRadius.Failures?
        if case .failures(let given) = values[.failures] { failures = given }
        return BlastRadius(
            canary: count(.canary), batch: count(.batch), pause: duration(.pause) ?? .zero, stopAfter: failures)
    }

    /// Of the script's machine.
    public var lua: LuaLimits {
        var limits = LuaLimits()
        limits.cpu = duration(.cpu) ?? .seconds(10)
        if case .size(let bytes) = values[.memory] { limits.memory = bytes } else { limits.memory = 64 << 20 }
        return limits
    }

    /// Where the script runs. To demand the jail is stronger than to do without it.
    public var execution: LuaExecution {
        isOn(.inProcess) && !isOn(.requireJail) ? .inProcess : .process(requiresJail: isOn(.requireJail))
    }

    public var overridesProtection: Bool { isOn(.overrideProtection) }

    // MARK: - Merging

    /// These limits for a run that had others: what is not said again stays as it was.
    public func over(_ recorded: RunLimits) -> RunLimits {
        var merged = RunLimits()
        for key in Key.allCases {
            merged.values[key] = key.rule.isKept ? values[key] ?? recorded.values[key] : values[key]
        }
        // The jail that a run demanded is not lost to a switch of an earlier process, nor to one of this.
        if merged.isOn(.requireJail) { merged.values[.inProcess] = nil }
        return merged
    }

    /// The limits that let a run do more than others do.
    public func widened(over recorded: RunLimits) -> [Key] {
        Key.allCases.filter { $0.rule.isWider(values[$0], recorded.values[$0]) }
    }

    // MARK: - Journal, schedules

    /// As a journal's header and a schedule keep it.
    public var json: JSONValue { .object(Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, $1.json) })) }

    /// Reads what ``json`` has written. What this version cannot read is an error: a limit is never dropped in silence.
    ///
    /// - Throws: ``LimitProblem``.
    public init(json: JSONValue) throws(LimitProblem) {
        for key in Key.allCases {
            switch json[key.rawValue] {
            case nil, .null, .boolean(false): break
            case .boolean(true): values[key] = .on
            case .integer(let number): values[key] = try key.rule.value(Int(clamping: number))
            case .string(let text): values[key] = try key.rule.value(text)
            default: throw key.rule.problem("\(json[key.rawValue] ?? .null)")
            }
        }
    }

    // MARK: - Approvals

    /// The limits and switches that an approval is bound to, as one can compare them: `60s` and `1m` are the same.
    public var terms: JSONValue {
        var members: [String: JSONValue] = [:]
        for key in Key.allCases {
            guard let name = key.rule.term else { continue }
            members[name] = key.rule.termValue(values[key])
        }
        return .object(members)
    }
}

extension RunLimits.Value {
    var json: JSONValue {
        switch self {
        case .count(let count): .integer(Int64(count))
        case .duration(let duration): .string(duration.text)
        case .size(let bytes): .string(bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes)")
        case .failures(.count(let count)): .string("\(count)")
        case .failures(.percent(let share)): .string("\(share)%")
        case .on: true
        }
    }
}

/// A limit that cannot be read.
public struct LimitProblem: Error, CustomStringConvertible, Hashable {
    public let description: String
}
