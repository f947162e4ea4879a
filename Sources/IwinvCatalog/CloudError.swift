/// How far a change got.
public enum Outcome: String, Sendable, Comparable, CaseIterable {
    /// It never left this machine.
    case notSent = "not-sent"
    /// The cloud said no.
    case refused
    /// The cloud said yes.
    case accepted
    /// A read saw it begin.
    case observed
    /// A reply or a read shows the wanted state.
    case confirmed
    /// Cut between sending and reply, and no read can tell.
    case unknown

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (a: Outcome, b: Outcome) -> Bool { a.rank < b.rank }
}

/// Why a call failed.
///
/// The description is safe to print: it holds no header, no key and no secret. ``message`` is the cloud's own text and
/// untrusted: escape it before it reaches a terminal or a page.
public struct CloudError: Error, Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// The cloud answered no.
        case api
        /// No usable answer came.
        case network
        /// A grant is missing.
        case denied
        /// The arguments are wrong; nothing was sent.
        case invalid
        /// A limit of the run was reached; nothing was sent.
        case limit
        /// This machine could not keep what must be kept (journal, locks, budget); nothing was sent.
        case machine
        case cancelled
    }

    public var kind: Kind
    public var operation: OperationName?
    /// HTTP status.
    public var status: Int?
    /// The number on the wire: `0x16`.
    public var code: String?
    public var errorCode: ErrorCode?
    /// What happened: this project's words, or the cloud's.
    public var message: String
    /// The same in Korean, where the words are this project's.
    public var korean: String?
    /// What to do next, where that is known.
    public var advice: LocalizedText?
    public var outcome: Outcome
    /// A second try may succeed. Says nothing about whether it is safe.
    public var isRetryable: Bool
    /// The cloud asked to wait this long.
    public var retryAfter: Duration?
    /// The reply was lost, or contradicted the request, and this read told that the change was not made.
    public var settledBy: OperationName?
    /// The fields that a change was to set, as that read shows them, where the cloud had said yes to it.
    public var found: [String: JSONValue]?
    /// The cloud may be at work on the change still: what a read does not show may come yet.
    public var mayStillCome = false

    public init(
        _ kind: Kind, _ message: String, operation: OperationName? = nil, status: Int? = nil, code: String? = nil,
        errorCode: ErrorCode? = nil, advice: LocalizedText? = nil, outcome: Outcome = .notSent,
        isRetryable: Bool = false, retryAfter: Duration? = nil, settledBy: OperationName? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.status = status
        self.code = code
        self.errorCode = errorCode
        self.message = message
        self.advice = advice
        self.outcome = outcome
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
        self.settledBy = settledBy
    }

    /// An error in this project's words.
    public init(
        _ kind: Kind, _ message: LocalizedText, operation: OperationName? = nil, status: Int? = nil,
        errorCode: ErrorCode? = nil, advice: LocalizedText? = nil, outcome: Outcome = .notSent
    ) {
        self.init(
            kind, message.english, operation: operation, status: status, errorCode: errorCode, advice: advice,
            outcome: outcome)
        korean = message.korean
    }
}

extension CloudError {
    /// The error of a call that was ended while it waited.
    package static func cancelledBeforeSending(_ operation: OperationName? = nil) -> CloudError {
        CloudError(
            .cancelled, LocalizedText("cancelled before it was sent", "보내기 전에 취소되었습니다"), operation: operation)
    }
}

extension CloudError: CustomStringConvertible {
    public var description: String { sentence(message) }

    /// The description in Korean, where the words are this project's.
    public var koreanDescription: String? { korean.map(sentence) }

    private func sentence(_ message: String) -> String {
        var text = operation.map { "\($0): " } ?? ""
        text += message
        var details: [String] = []
        if let status { details.append("HTTP \(status)") }
        if let errorCode { details.append(errorCode.rawValue) }
        if !details.isEmpty { text += " (" + details.joined(separator: ", ") + ")" }
        return text
    }
}
