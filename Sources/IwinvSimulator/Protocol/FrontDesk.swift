import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

/// The cloud with everything in front of it: keys, signatures, clock window, quota, routes, checks, envelopes, faults.
///
/// A value without I/O: the same requests at the same instants get the same answers to the last byte.
struct FrontDesk: Sendable {
    var cloud: Cloud
    var authenticator: Authenticator
    /// Nil to count nothing.
    var quota: FixedWindowQuota?
    /// Nil to let every address in.
    var allowedAddresses: [CIDR]?
    var faults: FaultPlan
    private(set) var log = RequestLog()
    /// Counts the changes of the cloud.
    var revision = 0
    /// Changes that were answered and are not made yet, in the order of their coming.
    var lateChanges: [LateChange] = []

    init(
        cloud: Cloud, keys: SimulatedKeys, quota: SimulatorConfiguration.Quota?, allowedAddresses: [CIDR]? = nil,
        faults: FaultPlan = FaultPlan(seed: 0)
    ) {
        self.cloud = cloud
        authenticator = Authenticator(keys: keys)
        self.quota = quota.map { FixedWindowQuota(limit: $0.limit, window: $0.window) }
        self.allowedAddresses = allowedAddresses
        self.faults = faults
    }

    /// What becomes known of a request while it is answered.
    private struct Passage {
        var route: (operation: CloudOperation, path: [String: String])?
        var fault: FaultKind?
        var hadEffect = false
        /// When it came, and what time the cloud took it for.
        var instant: Instant
        var seenInstant: Instant
    }

    /// Answers one request and remembers that it did.
    mutating func answer(_ request: IncomingRequest, at instant: Instant) -> Reply {
        makeLateChanges(until: instant)
        var passage = Passage(instant: instant, seenInstant: instant)
        if let method = HTTPMethod(rawValue: request.method) {
            passage.route = Catalog.iwinv.route(method, request.path)
        }
        let untouched = faults
        if !faults.isEmpty, let operation = passage.route?.operation {
            passage.fault = faults.fault(of: operation, page: Wish(request, operation).number)
        }
        if let fault = passage.fault, fault.name == .clockSkew { passage.seenInstant = instant + (fault.time ?? .zero) }

        var reply = Reply.unseen(at: instant)
        if passage.fault != .reset {
            do throws(Refusal) {
                if let refusal = turnedAway(request, passage) {
                    reply = refusal
                    // Who does not get in meets no fault either: it waits for the next one.
                    if passage.seenInstant == instant {
                        faults = untouched
                        passage.fault = nil
                    }
                } else {
                    reply = try admitted(request, &passage)
                }
            } catch {
                reply = Reply(error, at: passage.seenInstant)
            }
            reply = passage.fault?.spoiling(reply) ?? reply
        }
        log.append(
            RecordedRequest(
                method: request.method, target: RequestLog.shortened(request.target),
                operation: passage.route?.operation.name, status: reply.status, errorCode: reply.errorCode,
                at: instant, fault: passage.fault, hadEffect: passage.hadEffect, contentType: request.contentType,
                body: Array((request.body ?? []).prefix(RequestLog.bodyLimit))))
        return reply
    }

    /// Changes the cloud.
    mutating func mutate<Result>(_ change: (inout Cloud) throws -> Result) rethrows -> Result {
        revision += 1
        return try change(&cloud)
    }

    /// The first checks: key and signature with the clock, quota, address (CONTRACT 1.2 – 1.6, U1, U2).
    ///
    /// - Returns: nil if it passes.
    private mutating func turnedAway(_ request: IncomingRequest, _ passage: Passage) -> Reply? {
        let authentication = authenticator.check(request, at: passage.seenInstant)
        var wait: Duration?
        // Failures count too (U1), by the true time: a quota knows nothing of a skewed clock.
        if let key = authentication.accessKey { wait = quota?.take(key, at: passage.instant) }
        if let refusal = authentication.refusal { return Reply(refusal, at: passage.seenInstant) }
        if let allowedAddresses, !allowedAddresses.contains(where: { $0.contains(request.sourceAddress) }) {
            return Reply(.addressRefused, at: passage.seenInstant)
        }
        return wait.map { .tooManyRequests(retryAfter: $0, at: passage.seenInstant) }
    }

    /// Route, parameters, and only then the cloud (CONTRACT U4, U5); a fault without effect comes before the parameters.
    private mutating func admitted(_ request: IncomingRequest, _ passage: inout Passage) throws(Refusal) -> Reply {
        guard let (operation, path) = passage.route else {
            throw Refusal(.notFound, status: Catalog.iwinv.hasPath(request.path) ? 405 : 404)
        }
        if let reply = passage.fault?.replacement(at: passage.seenInstant) { return reply }
        guard let body = request.body else { throw Refusal(.checkLength, status: 413) }
        let (arguments, page) = try Self.read(request, body, operation, path)
        let call = ServedCall(
            operation: operation, arguments: arguments, page: page, wish: Wish(request, operation),
            instant: passage.instant,
            isMultipart: MultipartForm.boundary(of: request.contentType ?? "") != nil)
        let served = carryOut(call, passage.fault)
        var reply = try Reply(
            served.answer, to: operation, page: served.page, cloud.switches, at: passage.seenInstant)
        if let total = served.total { reply.rewrite { $0["total"] = .integer(Int64(total)) } }
        passage.hadEffect = served.hadEffect
        return reply
    }

    private static func read(
        _ request: IncomingRequest, _ body: [UInt8], _ operation: CloudOperation, _ path: [String: String]
    ) throws(Refusal) -> (Arguments, PageRequest?) {
        let raw: [String: JSONValue]
        let page: PageRequest?
        do throws(RequestProblem) {
            (raw, page) = try RequestCodec.decode(
                operation, path: path, query: request.query, contentType: request.contentType, body: body)
        } catch {
            throw Refusal(error == .missingBody ? .requiredBodyMissing : .checkParameter)
        }
        do throws(ArgumentProblem) {
            return (try Arguments(raw, for: operation, on: .server), page)
        } catch {
            throw Refusal(error, of: operation)
        }
    }
}
