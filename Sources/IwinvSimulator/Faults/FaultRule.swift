public import IwinvCatalog

/// Which requests go wrong, how often and how.
///
/// ```swift
/// let rule = try FaultRule("instances.reboot: 5% lost-reply")
/// simulator.setFaults([rule, try FaultRule("reads: every 7th html-502, delay(2s)")])
/// ```
///
/// The grammar is `OPERATIONS: [HOW-OFTEN] KIND[(ARGUMENT)][, KIND…]`.
///
/// - OPERATIONS: an operation (`instances.reboot`), those of a resource (`instances.*`), all of a class (`reads`,
///   `changes`) or all (`*`).
/// - HOW-OFTEN: `5%`, `once`, `first 3`, `every 7th`, `after 10`; always if nothing is said. Requests are counted for
///   each rule by itself, from the moment it is set, and only those that no earlier rule has taken.
/// - KIND: see ``FaultKind``. Of several, each hit draws one, all equally likely.
public struct FaultRule: Sendable, Hashable {
    /// The operations that a rule covers.
    public enum Scope: Sendable, Hashable {
        /// `instances.reboot`
        case operation(OperationName)
        /// `instances.*`; `firewall.*` has the firewalls' rules in it.
        case resource(String)
        /// `reads`: all that change nothing.
        case reads
        /// `changes`: all that change something.
        case changes
        /// `*`
        case everything

        func covers(_ operation: CloudOperation) -> Bool {
            switch self {
            case .operation(let name): operation.name == name
            case .resource(let resource):
                operation.name.resource == resource || operation.name.resource.hasPrefix(resource + ".")
            case .reads: !operation.effect.isChange
            case .changes: operation.effect.isChange
            case .everything: true
            }
        }
    }

    /// How many of the requests that a rule covers it hits.
    public enum Frequency: Sendable, Hashable {
        /// All.
        case always
        /// `5%`: each with this probability, 0 to 100.
        case percent(Double)
        /// `first 3`, and `once` for the first: the first so many.
        case first(Int)
        /// `every 7th`: the seventh, the fourteenth, …
        case every(Int)
        /// `after 10`: the eleventh and all that follow.
        case after(Int)
    }

    /// What it covers.
    public var scope: Scope
    /// What it hits.
    public var frequency: Frequency
    /// What happens to what it hits; not empty.
    public var kinds: [FaultKind]

    /// A rule of one kind that hits all it covers.
    public init(_ scope: Scope, _ kind: FaultKind) {
        self.init(scope, .always, [kind])
    }

    /// A rule of one kind.
    public init(_ scope: Scope, _ frequency: Frequency, _ kind: FaultKind) {
        self.init(scope, frequency, [kind])
    }

    /// A rule of several kinds.
    ///
    /// - Precondition: There is one at least.
    public init(_ scope: Scope, _ frequency: Frequency, _ kinds: [FaultKind]) {
        precondition(!kinds.isEmpty, "a fault rule needs a kind of fault")
        self.scope = scope
        self.frequency = frequency
        self.kinds = kinds
    }
}

extension FaultRule: CustomStringConvertible {
    /// The rule as ``init(_:)`` reads it.
    public var description: String {
        "\(scope): " + (frequency == .always ? "" : "\(frequency) ") + kinds.map(\.description).joined(separator: ", ")
    }
}

extension FaultRule.Scope: CustomStringConvertible {
    public var description: String {
        switch self {
        case .operation(let name): "\(name)"
        case .resource(let resource): resource + ".*"
        case .reads: "reads"
        case .changes: "changes"
        case .everything: "*"
        }
    }
}

extension FaultRule.Frequency: CustomStringConvertible {
    public var description: String {
        switch self {
        case .always: "always"
        case .percent(let number): number == number.rounded() ? "\(Int(number))%" : "\(number)%"
        case .first(1): "once"
        case .first(let count): "first \(count)"
        case .every(let count): "every \(count)\(Self.ordinalEnding(count))"
        case .after(let count): "after \(count)"
        }
    }

    private static func ordinalEnding(_ number: Int) -> String {
        guard !(11...13).contains(number % 100) else { return "th" }
        return [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
    }
}
