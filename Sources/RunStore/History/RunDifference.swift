public import IwinvCatalog

/// What two runs did differently, the first called A and the second B.
public struct RunDifference: Sendable {
    /// A value that is not the same; nil where one has none.
    public struct Pair: Sendable, Hashable {
        public var a: JSONValue?
        public var b: JSONValue?
    }

    /// A change that both made, and not with the same values or outcome.
    public struct ChangePair: Sendable, Hashable {
        public var a: ResourceChange
        public var b: ResourceChange
    }

    /// `script`, `text`, `profile`, `account`, `tool`, `state`: what differs of them.
    public private(set) var facts: [String: Pair] = [:]
    public private(set) var parameters: [String: Pair] = [:]
    /// SHA-256 by name.
    public private(set) var modules: [String: Pair] = [:]
    /// Limits and switches.
    public private(set) var options: [String: Pair] = [:]
    public private(set) var grantsOnlyInA: [String] = []
    public private(set) var grantsOnlyInB: [String] = []
    public private(set) var changesOnlyInA: [ResourceChange] = []
    public private(set) var changesOnlyInB: [ResourceChange] = []
    public private(set) var changesThatDiffer: [ChangePair] = []
    /// Changes that both made alike.
    public private(set) var equalChanges = 0

    public init(_ a: RunRecord, _ b: RunRecord) {
        if let first = a.history.header, let second = b.history.header {
            facts = Self.pairs(Self.facts(first), Self.facts(second))
            parameters = Self.pairs(first.parameters.objectValue ?? [:], second.parameters.objectValue ?? [:])
            modules = Self.pairs(
                first.modules.mapValues(JSONValue.string), second.modules.mapValues(JSONValue.string))
            options = Self.pairs(first.options.objectValue ?? [:], second.options.objectValue ?? [:])
            let (grantsOfA, grantsOfB) = (Set(first.grants + a.history.granted), Set(second.grants + b.history.granted))
            grantsOnlyInA = grantsOfA.subtracting(grantsOfB).sorted()
            grantsOnlyInB = grantsOfB.subtracting(grantsOfA).sorted()
        }
        if a.summary.state != b.summary.state {
            facts["state"] = Pair(a: .string(a.summary.state.word), b: .string(b.summary.state.word))
        }
        compareChanges(a.changes, b.changes)
    }

    /// Whether there is nothing to tell.
    public var isEmpty: Bool {
        facts.isEmpty && parameters.isEmpty && modules.isEmpty && options.isEmpty && grantsOnlyInA.isEmpty
            && grantsOnlyInB.isEmpty && changesOnlyInA.isEmpty && changesOnlyInB.isEmpty && changesThatDiffer.isEmpty
    }

    /// The seed is left out: it is drawn anew for each run.
    private static func facts(_ header: RunHeader) -> [String: JSONValue] {
        [
            "kind": .string(header.kind), "script": .string(header.script),
            "text": header.text.map(JSONValue.string) ?? .null, "profile": .string(header.profile),
            "account": .string(header.account), "tool": .string(header.toolVersion),
        ]
    }

    private static func pairs(_ a: [String: JSONValue], _ b: [String: JSONValue]) -> [String: Pair] {
        var pairs: [String: Pair] = [:]
        for key in Set(a.keys).union(b.keys) where a[key] != b[key] { pairs[key] = Pair(a: a[key], b: b[key]) }
        return pairs
    }

    /// The n-th change of a kind to a resource in A is that in B, whatever lies between them.
    private mutating func compareChanges(_ a: [ResourceChange], _ b: [ResourceChange]) {
        var rest = Dictionary(grouping: b.indices, by: { b[$0].identity }).mapValues { $0[...] }
        var matched: Set<Int> = []
        for change in a {
            guard let index = rest[change.identity]?.popFirst() else {
                changesOnlyInA.append(change)
                continue
            }
            matched.insert(index)
            if change.says(theSameAs: b[index]) {
                equalChanges += 1
            } else {
                changesThatDiffer.append(ChangePair(a: change, b: b[index]))
            }
        }
        changesOnlyInB = b.indices.filter { !matched.contains($0) }.map { b[$0] }
    }
}

extension ResourceChange {
    /// What makes it the same change in another run. What is created has another identifier each time.
    fileprivate var identity: [String] {
        let isCreation = Catalog.iwinv[OperationName(stringLiteral: operation)]?.effect == .create
        return [operation, isCreation ? "" : id ?? "", isCreation || id == nil ? name ?? "" : ""]
    }

    fileprivate func says(theSameAs other: ResourceChange) -> Bool {
        let isCreation = Catalog.iwinv[OperationName(stringLiteral: operation)]?.effect == .create
        return outcome == other.outcome && (isCreation || before == other.before && after == other.after)
    }
}

extension RunSummary.State {
    /// `running`, `cut`, or the word of the ending.
    public var word: String {
        switch self {
        case .running: "running"
        case .ended(let word): word
        case .cut: "cut"
        }
    }
}
