import IwinvCatalog
import IwinvModel
import IwinvWire

/// An answer before it becomes bytes.
struct Reply: Sendable {
    var status: Int
    /// The envelope.
    var body: JSONValue
    /// Whole seconds; with a 429 only.
    var retryAfter: Int64?

    /// `SUCCESS`, or why not.
    var errorCode: ErrorCode {
        ErrorCode(rawValue: body["error_code"]?.stringValue ?? "")
    }

    /// What the cloud said, in its envelope (CONTRACT 1.9, 1.10).
    ///
    /// - Parameter page: the page that was asked for; nil for a list without paging.
    /// - Throws: the cloud's refusal.
    init(_ answer: Answer, page: PageRequest?) throws(Refusal) {
        switch answer {
        case .rows(let rows, let total, let status):
            self.init(status: status, body: Envelope.success(rows: rows, page: page, total: total))
        case .text(let text, let status):
            self.init(status: status, body: Envelope.success(text: text))
        case .refused(let refusal):
            throw refusal
        case .cannotTell:
            throw Refusal(.backendRefused)
        }
    }

    init(_ refusal: Refusal) {
        self.init(
            status: refusal.status,
            body: Envelope.failure(refusal.code, message: refusal.message, result: refusal.result))
    }

    /// A spent quota (CONTRACT 1.5, U1).
    init(tooManyRequests wait: Duration) {
        self.init(Refusal(.limitExceeded, status: 429))
        let (seconds, attoseconds) = wait.components
        retryAfter = max(1, attoseconds > 0 ? seconds + 1 : seconds)
    }

    private init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }
}
