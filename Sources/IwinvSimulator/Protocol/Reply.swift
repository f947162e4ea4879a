import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

/// An answer before it becomes bytes.
struct Reply: Sendable {
    enum Body: Sendable {
        /// An envelope.
        case json(JSONValue)
        /// An envelope with numbers that ``JSONValue`` cannot hold.
        case text(String)
        /// A page of a proxy.
        case html(String)
    }

    /// How much of it reaches the client.
    enum Delivery: Sendable, Hashable {
        case whole
        /// All of it, so much later.
        case late(Duration)
        /// The head, and half of the body.
        case cutShort
        /// Nothing: the connection closes.
        case nothing
    }

    /// 0 for a request that nobody looked at.
    var status: Int
    /// `SUCCESS`, or why not; empty where there is no envelope.
    var errorCode: ErrorCode
    var body: Body
    /// Whole seconds; with a 429 only.
    var retryAfter: Int64?
    var delivery = Delivery.whole
    /// Whether the body travels compressed, which no client of this API asks for.
    var isCompressed = false
    /// The time by the cloud's clock, for `Date`.
    var date: Instant

    /// What the cloud said, in its envelope (CONTRACT 1.9, 1.10).
    ///
    /// - Parameters:
    ///   - page: the page that was asked for; nil for a list without paging.
    ///   - switches: decide about the types of the paging numbers and the total (CONTRACT 5.1).
    /// - Throws: the cloud's refusal.
    init(
        _ answer: Answer, to operation: CloudOperation, page: PageRequest?, _ switches: Switches, at date: Instant
    ) throws(Refusal) {
        switch answer {
        case .rows(let rows, let total, let status):
            let body = Envelope.success(
                rows: HTMLText.escaping(rows, of: operation.row), page: page, total: switches.flavorTotal ? total : nil,
                pagingAsText: switches.pagingAsText && operation.paging?.numbersAreText == true)
            self.init(status: status, errorCode: .success, body: .json(body), date: date)
        case .text(let text, let status):
            self.init(status: status, errorCode: .success, body: .json(Envelope.success(text: text)), date: date)
        case .refused(let refusal):
            throw refusal
        case .cannotTell:
            throw Refusal(.backendRefused)
        }
    }

    init(_ refusal: Refusal, at date: Instant) {
        self.init(
            status: refusal.status, errorCode: refusal.code,
            body: .json(Envelope.failure(refusal.code, message: refusal.message, result: refusal.result)), date: date)
    }

    private init(status: Int, errorCode: ErrorCode, body: Body, date: Instant) {
        self.status = status
        self.errorCode = errorCode
        self.body = body
        self.date = date
    }

    /// A spent quota (CONTRACT 1.5, U1; the body is examples/assumed/error_rate_limited.json).
    ///
    /// - Parameter wait: rounded up to whole seconds for `Retry-After`; nil to leave that out.
    static func tooManyRequests(retryAfter wait: Duration?, at date: Instant) -> Reply {
        var refusal = Refusal(.limitExceeded, status: 429)
        refusal.message = ""
        var reply = Reply(refusal, at: date)
        reply.retryAfter = wait.map { wait in
            let (seconds, attoseconds) = wait.components
            return max(1, attoseconds > 0 ? seconds + 1 : seconds)
        }
        return reply
    }

    /// Another operation is under way (CONTRACT 2.2; the body is examples/error_busy.json).
    static func busy(at date: Instant) -> Reply {
        Reply(status: 404, errorCode: .notFound, body: .json(Envelope.busy), date: date)
    }

    /// A proxy that got no answer from what is behind it: 502, or 504 for none in time.
    static func gatewayPage(_ status: Int, at date: Instant) -> Reply {
        let title = "\(status) " + (status == 504 ? "Gateway Time-out" : "Bad Gateway")
        return Reply(
            status: status, errorCode: ErrorCode(rawValue: ""),
            body: .html(
                """
                <html>\r
                <head><title>\(title)</title></head>\r
                <body>\r
                <center><h1>\(title)</h1></center>\r
                <hr><center>nginx</center>\r
                </body>\r
                </html>\r

                """), date: date)
    }

    /// 2 to the power of 63.
    static let hugeInteger = "9223372036854775808"

    /// Turns the texts that spell ``hugeInteger`` into numbers.
    mutating func writeHugeIntegers() {
        guard case .json(let value) = body else { return }
        let text = String(decoding: JSONCodec.encode(value), as: UTF8.self)
        body = .text(text.replacing("\"\(Self.hugeInteger)\"", with: Self.hugeInteger))
    }

    /// Changes the envelope of a success.
    mutating func rewrite(_ change: (inout [String: JSONValue]) -> Void) {
        guard errorCode == .success, case .json(.object(var members)) = body else { return }
        change(&members)
        body = .json(.object(members))
    }

    /// A connection that closes before the request is looked at.
    static func unseen(at date: Instant) -> Reply {
        var reply = Reply(status: 0, errorCode: ErrorCode(rawValue: ""), body: .json(.null), date: date)
        reply.delivery = .nothing
        return reply
    }
}
