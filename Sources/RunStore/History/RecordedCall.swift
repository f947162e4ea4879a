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

    /// The function by which scripts call the cloud. Its arguments: operation, named arguments, `one` or `all`, then the
    /// identifier where the call has one.
    static let cloudFunction = "iwinv.call"

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
        if question.name == Self.cloudFunction, let operation = question.arguments.first?.stringValue {
            name = operation
            arguments = question.arguments.dropFirst().first ?? [:]
            subject = question.arguments.dropFirst(3).first?.identifier
        } else {
            name = question.name
            arguments = .array(question.arguments)
        }
        subject = subject ?? change?.intent?.id ?? Self.subject(name, arguments)
        attempts = change?.attempts.count ?? 0
        self.asked = asked
        answered = times.delivered[number]
        outcome =
            switch (changes, call.delivery) {
            case (let changes?, _): .changed(changes)
            case (nil, .success): .answered
            case (nil, .failure(let error)):
                .failed(kind: error["kind"]?.stringValue ?? "error", message: error["message"]?.stringValue ?? "")
            case (nil, nil): .open
            }
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
