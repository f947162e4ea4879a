public import IwinvCatalog

/// A change that a plan has foreseen.
public struct PlanEntry: Sendable, Hashable {
    /// Counts the changes of a plan from 1.
    public var number: Int
    public var operation: OperationName
    /// The checked arguments. An identifier of something that the plan itself creates is a placeholder.
    public var arguments: [String: JSONValue]
    /// Where in the script: `rename.lua:12`.
    public var place: String?
    /// How the record names what is changed; nil for a creation.
    public var id: String?
    /// Its name in the planned world, for people; the one that is asked for, for a creation.
    public var name: String?
    /// The changed fields as they were; the whole row if it is to be destroyed; null where that is not known.
    public var before: JSONValue
    /// The changed fields as they will be.
    public var after: JSONValue
    /// Fields that must still be so when the plan is carried out.
    public var expected: [String: JSONValue]
    /// Placeholders of what it creates, in the order of the answer.
    public var creates: [String]

    public init(
        number: Int, operation: OperationName, arguments: [String: JSONValue], place: String? = nil, id: String? = nil,
        name: String? = nil, before: JSONValue = .null, after: JSONValue = [:], expected: [String: JSONValue] = [:],
        creates: [String] = []
    ) {
        self.number = number
        self.operation = operation
        self.arguments = arguments
        self.place = place
        self.id = id
        self.name = name
        self.before = before
        self.after = after
        self.expected = expected
        self.creates = creates
    }

    /// How many resources it changes. A creation makes at most a hundred, whatever a document says.
    public var size: Int { min(max(1, arguments["count"]?.integerValue.map { Int(clamping: $0) } ?? 1), 100) }

    /// Whether it costs money from then on.
    public var costsMoney: Bool { Catalog.iwinv[operation]?.costsMoney ?? false }

    /// What an undoing would not bring back of it.
    public var undoLoses: LocalizedText? { Catalog.iwinv[operation]?.undoLoses }

    /// Whether nothing brings back what it does.
    public var isFinal: Bool { Catalog.iwinv[operation]?.undo == .impossible }
}

/// What stands between the changes of a plan.
public enum PlanStep: Sendable, Hashable {
    /// Changes that may be made side by side, as the script made them.
    case changes([PlanEntry])
    /// Everything that follows waits until these are in a state.
    case wait(PlanWait)
    /// Everything that follows waits so long.
    case sleep(Duration)
}

/// A wait of the script.
public struct PlanWait: Sendable, Hashable {
    /// `instances`
    public var resource: String
    /// Sorted; placeholders among them.
    public var ids: [String]
    public var state: String
    public var timeout: Duration
    /// How long it took in the planned world.
    public var took: Duration

    public init(resource: String, ids: [String], state: String, timeout: Duration, took: Duration = .zero) {
        self.resource = resource
        self.ids = ids
        self.state = state
        self.timeout = timeout
        self.took = took
    }
}

extension Sequence<PlanEntry> {
    /// How many changes they are.
    public var size: Int { reduce(0) { $0 + $1.size } }
}

/// Something that a person should know about a plan.
public struct PlanNote: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Something that only the cloud can tell, or refuses.
        case unknown
        /// Something that an undoing leaves as it is.
        case left
        /// A run that is under way changes what the plan has read.
        case moving
    }

    public var kind: Kind
    /// An English sentence.
    public var text: String
    /// The same in Korean, where there is one.
    public var korean: String?
    /// Where in the script.
    public var place: String?

    public init(_ kind: Kind, text: String, korean: String? = nil, place: String? = nil) {
        self.kind = kind
        self.text = text
        self.korean = korean
        self.place = place
    }
}
