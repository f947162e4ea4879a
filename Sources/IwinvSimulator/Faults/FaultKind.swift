import Clocks
public import IwinvCatalog

/// What can go wrong with a request, for no reason of its own.
///
/// The text that ``description`` gives is the one that a ``FaultRule`` reads.
public enum FaultKind: Sendable, Hashable {
    /// `refuse`, `refuse(LIMIT_EXCEEDED)`: the cloud says no, with that code and its status; no effect.
    case refuse(ErrorCode)
    /// `lost-reply`: the request is carried out, then the connection closes without a byte of answer.
    case lostReply
    /// `reset`: the connection closes before the request is looked at; no effect, and no quota is used.
    case reset
    /// `delay(2s)`: the request is carried out at once and answered so much later, by the simulator's clock.
    case delay(Duration)
    /// `truncated`: the request is carried out, and the answer's body ends before its declared length.
    case truncated
    /// `html-502`: a proxy's page in place of an answer; no effect.
    case html502
    /// `lost-502`: the request is carried out, and a proxy's page comes in place of the answer.
    case lost502
    /// `429`, `429(7s)`: too many requests, without or with `Retry-After` in whole seconds; no effect (CONTRACT 1.5).
    case tooManyRequests(retryAfter: Duration?)
    /// `busy-404`, `busy`: the 404 that says that another operation is under way; no effect (CONTRACT 2.2).
    case busy
    /// `check-ip`: a 403 `CHECK_IP` that has nothing to do with the address; no effect (CONTRACT 1.6).
    case checkIP
    /// `late-page`: HTTP 500 for a page from the second on; meets nothing but requests for such pages.
    case latePage
    /// `clock-skew(-400s)`: the cloud's clock is off, in its window for signatures and in `Date` (CONTRACT 1.4).
    case clockSkew(Duration)

    /// The words of all kinds, for suggestions.
    static let words = [
        "refuse", "lost-reply", "reset", "delay", "truncated", "html-502", "lost-502", "429", "busy-404", "check-ip",
        "late-page", "clock-skew",
    ]

    /// Whether a request for this page can meet it.
    func meets(page: Int) -> Bool { self != .latePage || page >= 2 }
}

extension FaultKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refuse(let code): "refuse(\(code))"
        case .lostReply: "lost-reply"
        case .reset: "reset"
        case .delay(let time): "delay(\(time.text))"
        case .truncated: "truncated"
        case .html502: "html-502"
        case .lost502: "lost-502"
        case .tooManyRequests(let time): time.map { "429(\($0.text))" } ?? "429"
        case .busy: "busy-404"
        case .checkIP: "check-ip"
        case .latePage: "late-page"
        case .clockSkew(let time): "clock-skew(\(time.text))"
        }
    }
}
