public import IwinvCatalog
package import RunStore

/// A call on its way through the gate.
public struct Call: Sendable {
    /// Where its changes stand in the record of the run. Calls that are made at once come in any order, and a record
    /// that depended on it would differ from run to run.
    public var order: UInt64
    public var operation: CloudOperation
    /// As the script gave them. ``arguments`` are the checked ones.
    public var rawArguments: [String: JSONValue]
    /// Set by the validation link.
    public var arguments: Arguments?
    /// How a list is read.
    public var reading: Reading
    /// Where in the script: "rename.lua:12".
    public var place: String?
    /// By which grant it is made.
    var grant: Grant?
    /// Set when somebody is asked about it. ``proposal`` says what of.
    var asked: Change?
    /// What an earlier process of the run had done of it.
    public var resumption: Resumption?

    public enum Reading: Sendable, Hashable {
        /// One request.
        case single
        /// Every page before the first row.
        case allPages
        /// One page of a list that the script reads lazily.
        case page(number: Int)
    }

    public init(
        order: UInt64, operation: CloudOperation, arguments: [String: JSONValue],
        reading: Reading = .single, place: String? = nil
    ) {
        self.order = order
        self.operation = operation
        self.rawArguments = arguments
        self.reading = reading
        self.place = place
    }

    /// The change that it would make, with what the run knows of the resource.
    public var proposal: Change {
        asked
            ?? Change(
                operation: operation.name, id: targetName, before: target == nil ? .null : [:],
                after: .object(ChangesLink.wantedFields(of: self)), outcome: .notSent)
    }

    /// The identifier of the resource that the call is about, where it has one.
    public var subject: String? {
        operation.subject.flatMap { value(of: $0) }
    }

    /// What a change changes: the key of its row, and the identifier. Not the subject for a part of it, such as a rule.
    var target: RowKey? {
        operation.target.flatMap { parameter in value(of: parameter).map { RowKey(key: parameter.name, id: $0) } }
    }

    /// How the record names what is changed: `FIREWALL-a/1042` for a rule.
    var targetName: String? {
        guard let target else { return nil }
        return operation.part == nil ? target.id : subject.map { "\($0)/\(target.id)" }
    }

    private func value(of parameter: Parameter) -> String? {
        (arguments?[parameter.name] ?? rawArguments[parameter.name])?.identifierText
    }
}

/// A row among those of all types: the name of its key, and its identifier.
struct RowKey: Sendable, Hashable {
    var key: String
    var id: String
}

/// What a call brought back.
public struct Reply: Sendable {
    public var rows: [JSONValue]
    /// A lazily read list has another page.
    public var hasMore: Bool
    /// The reply of a change was lost; a read told this much of it.
    var settlement: Settlement?

    public init(rows: [JSONValue], hasMore: Bool = false) {
        self.rows = rows
        self.hasMore = hasMore
    }

    init(rows: [JSONValue], settlement: Settlement) {
        self.init(rows: rows)
        self.settlement = settlement
    }
}

/// One link of the gate: may look at a call, refuse it, answer it, or pass it on and look at the reply.
///
/// An implementer's test: a link that is removed from the chain takes nothing with it but its own concern.
package protocol GateLink: Sendable {
    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply

    /// Takes up what an earlier process of the run has changed by a call.
    ///
    /// - Parameter order: the call's number in the journal.
    func restore(_ order: UInt64, _ changes: [Change], _ recorded: RecordedChange)

    /// Takes up what else an earlier process of the run has left, after its changes.
    func restore(_ history: RunHistory)
}

extension GateLink {
    package func restore(_ order: UInt64, _ changes: [Change], _ recorded: RecordedChange) {}
    package func restore(_ history: RunHistory) {}
}
