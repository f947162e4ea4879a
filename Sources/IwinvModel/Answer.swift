public import IwinvCatalog

/// What the cloud says to a call.
public enum Answer: Sendable, Hashable {
    /// Yes, with rows. `total` is the overall number of rows where the cloud tells it (flavors only, CONTRACT 1.11);
    /// `status` is the HTTP status that ``Switches/statuses`` says.
    case rows([JSONValue], total: Int?, status: Int)
    /// Yes, with a text in place of rows (deletions of security groups and rules, CONTRACT 1.9).
    case text(String, status: Int)
    /// No.
    case refused(Refusal)
    /// This model does not know enough of the world to answer; says why. A whole cloud never answers so to a call that
    /// it knows.
    case cannotTell(String)
}

extension Answer {
    /// The rows of a yes; nil for anything else.
    public var rows: [JSONValue]? {
        guard case .rows(let rows, _, _) = self else { return nil }
        return rows
    }

    /// Why the cloud said no; nil for anything else.
    public var refusal: Refusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }

    static func refused(_ code: ErrorCode) -> Answer { .refused(Refusal(code)) }
}

/// The cloud's no (CONTRACT 1.10, 2.1).
public struct Refusal: Error, Sendable, Hashable {
    /// What the cloud calls it.
    public var code: ErrorCode
    /// HTTP status.
    public var status: Int
    /// The text of the envelope. Clients never compare it.
    public var message: String
    /// The `result` of the envelope: the text `error`, or an object with a number and a text.
    public var result: JSONValue

    /// A refusal as CONTRACT U6 and U7 assume it: the code's name as text, `"error"` as result.
    ///
    /// - Parameter status: the HTTP status; that of the published list if not given.
    public init(_ code: ErrorCode, status: Int? = nil) {
        self.code = code
        self.status = status ?? code.entry?.status ?? 400
        self.message = code.rawValue
        self.result = "error"
    }

    /// A refusal of the shape that was seen live for restricted zones: no message outside, number and text inside
    /// (CONTRACT 2.2).
    public static func nested(_ code: ErrorCode, text: String) -> Refusal {
        var refusal = Refusal(code)
        refusal.message = ""
        refusal.result = ["code": .integer(Int64(code.entry?.number ?? 0)), "message": .string(text)]
        return refusal
    }
}
