import Clocks
import IwinvCatalog
import IwinvClient
import IwinvWire
import Synchronization

/// A transport that answers from a function and remembers what it was sent.
final class FakeTransport: CloudTransport {
    typealias Answer = Result<TransportReply, TransportProblem>

    struct Sent: Sendable {
        var request: WireRequest
        var headers: [String: String]
    }

    private let state = Mutex<[Sent]>([])
    private let answer: @Sendable (Sent, Int) async -> Answer

    /// - Parameter answer: Gets the request and its number from 1.
    init(_ answer: @escaping @Sendable (Sent, Int) async -> Answer) {
        self.answer = answer
    }

    var sent: [Sent] { state.withLock { $0 } }

    func send(
        _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
    ) async throws(TransportProblem) -> TransportReply {
        let sent = Sent(
            request: request, headers: Dictionary(headers.map { ($0.0, $0.1) }, uniquingKeysWith: { $1 }))
        let number = state.withLock { state in
            state.append(sent)
            return state.count
        }
        return try await answer(sent, number).get()
    }

    func shutdown() async throws {}
}

extension TransportReply {
    static func rows(_ rows: [JSONValue], status: Int = 200, page: PageRequest? = nil, total: Int? = nil) -> Self {
        TransportReply(
            status: status, body: JSONCodec.encode(Envelope.success(rows: rows, page: page, total: total)))
    }

    static func failure(_ status: Int, _ code: ErrorCode, message: String? = nil, result: JSONValue = "error") -> Self {
        TransportReply(
            status: status, body: JSONCodec.encode(Envelope.failure(code, message: message, result: result)))
    }

    static func text(_ status: Int, _ body: String) -> Self {
        TransportReply(status: status, body: Array(body.utf8))
    }
}

extension FakeTransport.Answer {
    static func rows(_ rows: [JSONValue], page: PageRequest? = nil, total: Int? = nil) -> Self {
        .success(.rows(rows, page: page, total: total))
    }
}

let testSecret = "the-secret-key-비밀"
let testAccess = "the-access-key"

/// A client on a fake transport and a virtual clock whose activity the caller holds.
struct Bench {
    let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))
    let transport: FakeTransport
    let client: IwinvClient
    let budget: SlidingWindowBudget

    init(
        retry: RetryPolicy = RetryPolicy(jitter: 0), limit: Int = 60,
        configure: (inout ClientConfiguration) -> Void = { _ in },
        _ answer: @escaping @Sendable (FakeTransport.Sent, Int) async -> FakeTransport.Answer
    ) throws {
        clock.beginActivity()
        transport = FakeTransport(answer)
        budget = SlidingWindowBudget(limit: limit, clock: clock)
        var configuration = ClientConfiguration(
            credential: try Credential(accessKey: testAccess, secretKey: testSecret))
        configuration.retry = retry
        configure(&configuration)
        client = IwinvClient(
            configuration, budget: budget, clock: clock, random: { 0.5 }, transport: transport)
    }

    /// Makes a call by name.
    func perform(
        _ name: OperationName, _ raw: [String: JSONValue] = [:], page: PageRequest? = nil, hooks: CallHooks = .none
    ) async throws -> CloudReply {
        let operation = try operation(name)
        return try await client.perform(operation, try Arguments(raw, for: operation), page: page, hooks: hooks)
    }
}

struct NoSuchOperation: Error {}

func operation(_ name: OperationName) throws -> CloudOperation {
    guard let operation = Catalog.iwinv[name] else { throw NoSuchOperation() }
    return operation
}
