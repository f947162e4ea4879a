public import IwinvCatalog

/// What can go wrong with a request, for no reason of its own: a name of the list ``FaultKind/Name``, and its argument.
///
/// The text that ``description`` gives is the one that a ``FaultRule`` reads: `delay(2s)`.
public struct FaultKind: Sendable, Hashable {
    /// Which of the list.
    public let name: Name
    let argument: Argument?

    /// What stands in parentheses.
    enum Argument: Sendable, Hashable {
        case code(ErrorCode)
        case time(Duration)
        case number(Int)
    }

    init(_ name: Name, _ argument: Argument? = nil) {
        self.name = name
        self.argument = argument
    }

    /// The error code of a refusal.
    var code: ErrorCode? { if case .code(let code) = argument { code } else { nil } }
    /// How long, or how much later.
    var time: Duration? { if case .time(let time) = argument { time } else { nil } }
    /// How many rows.
    var number: Int? { if case .number(let number) = argument { number } else { nil } }
}

extension FaultKind {
    /// The cloud refuses with that code and its status.
    public static func refuse(_ code: ErrorCode) -> FaultKind { FaultKind(.refuse, .code(code)) }
    /// The request is carried out, then the connection closes without a byte of answer.
    public static let lostReply = FaultKind(.lostReply)
    /// The connection closes before the request is looked at; it uses no quota.
    public static let reset = FaultKind(.reset)
    /// The request is carried out at once and answered so much later, by the simulator's clock.
    public static func delay(_ time: Duration) -> FaultKind { FaultKind(.delay, .time(time)) }
    /// The request is carried out, and the answer's body ends before its declared length.
    public static let truncated = FaultKind(.truncated)
    /// A proxy's page in place of an answer; no effect.
    public static let html502 = FaultKind(.html502)
    /// The request is carried out, and a proxy's page comes in place of the answer.
    public static let lost502 = FaultKind(.lost502)
    /// Too many requests, without or with `Retry-After` in whole seconds (CONTRACT 1.5).
    public static func tooManyRequests(retryAfter: Duration?) -> FaultKind {
        FaultKind(.tooManyRequests, retryAfter.map(Argument.time))
    }
    /// The 404 that says that another operation is under way (CONTRACT 2.2).
    public static let busy = FaultKind(.busy)
    /// A 403 `CHECK_IP` that has nothing to do with the address (CONTRACT 1.6).
    public static let checkIP = FaultKind(.checkIP)
    /// HTTP 500 for a page from the second on.
    public static let latePage = FaultKind(.latePage)
    /// The cloud's clock is off, in its window for signatures and in `Date` (CONTRACT 1.4).
    public static func clockSkew(_ time: Duration) -> FaultKind { FaultKind(.clockSkew, .time(time)) }
}

extension FaultKind {
    /// Whether a request can meet it: a rule counts no others.
    ///
    /// - Parameter page: of a list; else 1.
    func meets(_ operation: CloudOperation, page: Int) -> Bool {
        switch name.entry.target {
        case .all: true
        case .edits: operation.method == .put
        case .changes: operation.effect.isChange
        case .oneRow: if case .single = operation.result { true } else { false }
        case .lists: operation.isList
        case .laterPages: operation.paging != nil && page >= 2
        }
    }
}

extension CloudOperation {
    /// Whether it reads any number of rows.
    var isList: Bool {
        guard case .rows = result else { return false }
        return !effect.isChange
    }
}
