public import Clocks
public import IwinvCatalog

/// A call of a run and what became of it.
public struct RecordedCall: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        /// The script was given an answer.
        case answered
        /// The script was given an error; its kind is that of DESIGN 4.
        case failed(kind: String, message: String)
        /// It changes something: how far each of its changes came.
        case changed([String])
        /// The journal has no answer.
        case open
    }

    public var number: UInt64
    public var task: Int64
    /// The operation, or the function of a call that is not one to the cloud.
    public var name: String
    public var place: String?
    /// The identifier of what it is about.
    public var subject: String?
    /// Of an operation an object, of another function an array.
    public var arguments: JSONValue
    public var outcome: Outcome
    /// Requests of a change that left; those of reads are not written down.
    public var attempts: Int
    public var asked: Instant
    /// When the script had its answer.
    public var answered: Instant?

    public var duration: Duration? { answered.map { $0 - asked } }

    init?(_ number: UInt64, _ history: RunHistory, _ times: CallTimes, changes: [String]?) {
        guard let call = history.calls[number], let question = call.question, let asked = times.asked[number] else {
            return nil
        }
        let change = history.changes[number]
        self.number = number
        task = question.task
        place = question.place
        let parts = question.arguments
        switch (question.name, parts.first?.stringValue) {
        case ("iwinv.call", let operation?), ("iwinv.page", let operation?):
            // Operation, named arguments, and in third place the identifier: where a page has its list's handle.
            name = operation
            arguments = parts.dropFirst().first ?? [:]
            subject = question.name == "iwinv.call" ? parts.dropFirst(3).first?.identifier : nil
        case ("iwinv.wait", let resource?):
            name = "\(resource).wait"
            arguments = .array(Array(parts.dropFirst()))
            subject = parts.dropFirst().first?.identifier
        default:
            name = question.name
            arguments = .array(parts)
        }
        subject = subject ?? change?.intent?.id ?? Self.subject(name, arguments)
        attempts = change?.attempts.count ?? 0
        self.asked = asked
        answered = times.delivered[number]
        outcome =
            switch (changes, call.delivery) {
            case (let changes?, _): .changed(changes)
            case (nil, .success): .answered
            case (nil, .failure(let error)): Self.failure(error)
            case (nil, nil): .open
            }
    }

    /// An error of the cloud is a table with a kind; of another one there is only its message.
    private static func failure(_ error: JSONValue) -> Outcome {
        let value = error["value"]
        return .failed(
            kind: value?["kind"]?.stringValue ?? "error",
            message: value?["message"]?.stringValue ?? error["message"]?.stringValue ?? "")
    }

    private static func subject(_ name: String, _ arguments: JSONValue) -> String? {
        guard let parameter = Catalog.iwinv[OperationName(stringLiteral: name)]?.subject else { return nil }
        return arguments[parameter.name]?.identifier
    }
}

extension JSONValue {
    /// An identifier as text: rules have numbers.
    fileprivate var identifier: String? { stringValue ?? integerValue.map(String.init) }
}
