public import Clocks
public import IwinvCatalog

/// The changes that a run would make, each with what was there before: what a person approves, and ``Applier`` carries
/// out.
///
/// A plan is a document (``json``) with a digest, so that a file which was edited is noticed. It holds no secrets.
public struct Plan: Sendable, Hashable {
    /// What the plan came from.
    public struct Origin: Sendable, Hashable {
        /// `run`, or `undo`.
        public var kind: String
        /// The script's name.
        public var script: String
        /// SHA-256 of the script, and of its modules by name.
        public var hash: String
        public var modules: [String: String]
        public var parameters: JSONValue
        /// The run that the plan would undo.
        public var parent: String?
        public var profile: String
        /// Which cloud and whose: endpoint and fingerprint, never the key.
        public var account: String
        public var madeAt: Instant
        public var tool: String

        public init(
            kind: String = "run", script: String, hash: String = "", modules: [String: String] = [:],
            parameters: JSONValue = [:], parent: String? = nil, profile: String = "", account: String = "",
            madeAt: Instant, tool: String = ""
        ) {
            self.kind = kind
            self.script = script
            self.hash = hash
            self.modules = modules
            self.parameters = parameters
            self.parent = parent
            self.profile = profile
            self.account = account
            self.madeAt = madeAt
            self.tool = tool
        }
    }

    /// Version of the document.
    public static let format: Int64 = 1

    public var origin: Origin
    public var steps: [PlanStep]
    /// What carrying it out would need: `instances:edit`. Sorted.
    public var grants: [String]
    /// What only the cloud knows, and what it would refuse.
    public var notes: [PlanNote]

    public init(origin: Origin, steps: [PlanStep], grants: [String] = [], notes: [PlanNote] = []) {
        self.origin = origin
        self.steps = steps
        self.grants = grants
        self.notes = notes
    }

    /// All changes, by number.
    public var entries: [PlanEntry] {
        steps.flatMap { step in if case .changes(let entries) = step { entries } else { [PlanEntry]() } }
    }

    /// Whether carrying it out would change nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// The grants of its changes.
    public static func grants(for entries: [PlanEntry]) -> [String] {
        Set(entries.compactMap { Catalog.iwinv[$0.operation] }.map { Grant(for: $0) }).map(\.description).sorted()
    }
}

/// What carrying a plan out would cost.
public struct PlanSummary: Sendable, Hashable {
    /// How many resources it changes: a creation may make several.
    public var changes = 0
    public var costingMoney = 0
    public var final = 0
    /// Requests: one a change, and those that look before it and while it waits.
    public var requests = 0
    /// How long it would take at 60 requests a minute.
    public var time = Duration.zero

    /// - Parameter remaining: How many requests could be sent at once now.
    public init(of plan: Plan, remaining: Int) {
        var lists: Set<String> = []
        for step in plan.steps {
            switch step {
            case .changes(let entries):
                for entry in entries {
                    changes += entry.size
                    costingMoney += entry.costsMoney ? 1 : 0
                    final += entry.isFinal ? 1 : 0
                    requests += 1
                    if !entry.expected.isEmpty { lists.insert(entry.operation.resource) }
                }
            case .wait(let wait):
                let took = Self.bounded(wait.took)
                requests += Int(took.components.seconds / 5) + 1
                time = Self.bounded(time + took)
            case .sleep(let duration): time = Self.bounded(time + Self.bounded(duration))
            }
        }
        // A list is good for half a minute.
        requests += lists.count * (1 + requests / 30)
        time = max(time, Self.bounded(.seconds(max(0, requests - max(0, remaining)))))
    }

    /// A hundred years: the plan of a script has no more, and sums of more than a document holds stay within an integer.
    private static func bounded(_ time: Duration) -> Duration { min(max(.zero, time), .seconds(3_155_760_000)) }

    public var json: JSONValue {
        [
            "changes": .integer(Int64(changes)), "cost_money": .integer(Int64(costingMoney)),
            "cannot_be_undone": .integer(Int64(final)), "requests": .integer(Int64(requests)),
            "seconds": .integer(time.components.seconds),
        ]
    }
}
