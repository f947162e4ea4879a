import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

/// The cloud with everything in front of it: keys, signatures, clock window, quota, routes, checks, envelopes.
///
/// A value without I/O: the same requests at the same instants get the same answers to the last byte.
struct FrontDesk: Sendable {
    var cloud: Cloud
    var authenticator: Authenticator
    var quota: FixedWindowQuota
    private(set) var requests: [RecordedRequest] = []
    /// Counts the changes of the cloud.
    private(set) var revision = 0

    /// How many answered requests are remembered.
    static let memory = 10_000

    init(cloud: Cloud, keys: SimulatedKeys, quota: SimulatorConfiguration.Quota) {
        self.cloud = cloud
        authenticator = Authenticator(keys: keys)
        self.quota = FixedWindowQuota(limit: quota.limit, window: quota.window)
    }

    /// Answers one request and remembers that it did.
    mutating func answer(_ request: IncomingRequest, at instant: Instant) -> Reply {
        var operation: OperationName?
        let reply: Reply
        do throws(Refusal) {
            reply = try admitted(request, at: instant, operation: &operation)
        } catch {
            reply = Reply(error)
        }
        record(request, operation, reply, at: instant)
        return reply
    }

    /// Changes the cloud from outside.
    mutating func mutate<Result>(_ change: (inout Cloud) throws -> Result) rethrows -> Result {
        revision += 1
        return try change(&cloud)
    }

    /// The order of checks: key and signature, clock, quota, route, parameters, and only then the cloud
    /// (CONTRACT 1.2 – 1.5, U1, U2, U5).
    private mutating func admitted(
        _ request: IncomingRequest, at instant: Instant, operation name: inout OperationName?
    ) throws(Refusal) -> Reply {
        let authentication = authenticator.check(request, at: instant)
        var wait: Duration?
        if let key = authentication.accessKey { wait = quota.take(key, at: instant) }  // failures count too (U1)
        if let refusal = authentication.refusal { throw refusal }
        if let wait { return Reply(tooManyRequests: wait) }

        guard let method = HTTPMethod(rawValue: request.method),
            let (operation, path) = Catalog.iwinv.route(method, request.path)
        else {
            throw Refusal(.notFound, status: Catalog.iwinv.hasPath(request.path) ? 405 : 404)
        }
        name = operation.name
        guard let body = request.body else { throw Refusal(.checkLength, status: 413) }
        let (arguments, page) = try Self.read(request, body, operation, path)
        let answer = cloud.apply(
            operation.name, arguments, page: page.map { Page(number: $0.number, size: $0.size) }, at: instant)
        if operation.effect.isChange, answer.refusal == nil { revision += 1 }
        return try Reply(answer, page: page)
    }

    private static func read(
        _ request: IncomingRequest, _ body: [UInt8], _ operation: CloudOperation, _ path: [String: String]
    ) throws(Refusal) -> (Arguments, PageRequest?) {
        let raw: [String: JSONValue]
        let page: PageRequest?
        do throws(RequestProblem) {
            (raw, page) = try RequestCodec.decode(
                operation, path: path, query: request.query, contentType: request.header("Content-Type"), body: body)
        } catch {
            throw Refusal(error == .missingBody ? .requiredBodyMissing : .checkParameter)
        }
        do throws(ArgumentProblem) {
            return (try Arguments(raw, for: operation), page)
        } catch {
            throw Refusal(error, of: operation)
        }
    }

    private mutating func record(
        _ request: IncomingRequest, _ operation: OperationName?, _ reply: Reply, at instant: Instant
    ) {
        if requests.count >= Self.memory { requests.removeFirst(Self.memory / 10) }
        requests.append(
            RecordedRequest(
                method: request.method, target: String(request.target.prefix(2000)), operation: operation,
                status: reply.status, errorCode: reply.errorCode, at: instant))
    }
}
