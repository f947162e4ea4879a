public import Clocks
public import IwinvCatalog
public import IwinvWire
import Synchronization

/// Makes calls to the cloud: waits for the budget, signs, sends, reads, and repeats reads that failed.
///
/// ```swift
/// let credential = try Credential(accessKey: access, secretKey: secret)
/// let client = IwinvClient(ClientConfiguration(credential: credential), budget: SlidingWindowBudget())
/// for instance in try await client.instances.list(status: .active) {
///     print(instance.id, instance.name ?? "")
/// }
/// try await client.shutdown()
/// ```
///
/// A change that failed says how far it got:
///
/// ```swift
/// do throws(CloudError) {
///     try await client.instances.reboot("INSTANCE-a")
/// } catch {
///     if error.outcome == .unknown { print("look before you repeat it") }
/// }
/// ```
///
/// One budget belongs to one access key; all clients of that key share it. On a virtual clock the caller holds an activity
/// during each call.
public final class IwinvClient: Sendable {
    public let configuration: ClientConfiguration
    public let budget: any RequestBudget
    public let clock: any HostClock
    let catalog = Catalog.iwinv
    private let random: @Sendable () -> Double
    private let transport: any CloudTransport
    /// For the older firewall family only.
    let ruleSets: RuleSets
    /// Lists that refused the client's page size.
    let smallLists = Mutex<Set<String>>([])
    /// Callers wait here, where a virtual clock knows of it, and not in the transport with a signature that grows old.
    private let connections: KeyedLock

    /// A client that has not connected yet.
    ///
    /// - Parameters:
    ///   - clock: Stamps requests and measures pauses.
    ///   - random: Numbers in 0..<1, for pauses and form boundaries.
    ///   - transport: In place of ``CurlTransport``.
    public init(
        _ configuration: ClientConfiguration, budget: any RequestBudget, clock: any HostClock = SystemClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }, transport: (any CloudTransport)? = nil
    ) {
        self.configuration = configuration
        self.budget = budget
        self.clock = clock
        self.random = random
        self.transport = transport ?? CurlTransport(configuration)
        ruleSets = RuleSets(clock: clock)
        connections = KeyedLock(clock: clock, places: configuration.connections)
    }

    /// Closes the connections. Must be called before the client goes away; no call may follow.
    public func shutdown() async throws {
        try await transport.shutdown()
    }

    /// Makes one call: one page of a list, or one change.
    ///
    /// A read is sent again as the configuration's ``RetryPolicy`` says; a change is sent once, and if its reply is lost the
    /// error's outcome is `unknown`.
    ///
    /// - Parameters:
    ///   - arguments: Checked for this operation.
    ///   - page: Which page of a list; nil leaves it to the cloud.
    /// - Throws: `CloudError`.
    public func perform(
        _ operation: CloudOperation, _ arguments: Arguments, page: PageRequest? = nil, hooks: CallHooks = .none
    ) async throws(CloudError) -> CloudReply {
        if operation.family == .securityGroups, configuration.firewallAPI == .firewall {
            return try await OlderFirewalls(client: self, hooks: hooks).perform(operation, arguments, page: page)
        }
        return try await exchange(operation, arguments, page: page, hooks: hooks)
    }

    /// One call over the wire, with its repetitions.
    package func exchange(
        _ operation: CloudOperation, _ arguments: Arguments, page: PageRequest? = nil, hooks: CallHooks = .none
    ) async throws(CloudError) -> CloudReply {
        let isFormEdit = operation.effect == .edit && operation.body == .multipart
        let request = RequestCodec.encode(
            operation, arguments, page: page, body: isFormEdit ? configuration.editBody : nil, boundary: boundary())
        var number = 0
        while true {
            number += 1
            var report = AttemptReport(
                attempt: AttemptInfo(
                    operation: operation.name, arguments: arguments, page: page?.number, number: number, at: clock.now))
            do throws(CloudError) {
                var reply = try await attempt(operation, request, &report, hooks)
                reply.attempts = number
                hooks.onAttempt?(report)
                return reply
            } catch {
                let pause = configuration.retry.pause(
                    after: number, error, retry: operation.retry, random: random())
                report.error = error
                report.pause = pause
                hooks.onAttempt?(report)
                guard let pause else { throw error }
                do {
                    try await clock.sleep(for: pause)
                } catch {
                    throw CloudError(
                        .cancelled, LocalizedText("cancelled between two attempts", "두 시도 사이에 취소되었습니다"),
                        operation: operation.name)
                }
            }
        }
    }

    private func attempt(
        _ operation: CloudOperation, _ request: WireRequest, _ report: inout AttemptReport, _ hooks: CallHooks
    ) async throws(CloudError) -> CloudReply {
        let slot = try await slot(for: operation, hooks.claimant)
        do {
            try await connections.enter("")
        } catch {
            await budget.release(slot, .notSent)
            throw Self.stopped(error, operation, "no connection")
        }
        defer { connections.leave("") }
        report.attempt.at = clock.now
        do {
            try await hooks.beforeSend?(report.attempt)
            try Task.checkCancellation()
        } catch {
            await budget.release(slot, .notSent)
            throw Self.stopped(error, operation, "stopped before sending")
        }
        let start = clock.elapsed
        let result = await send(request, of: operation)
        report.duration = clock.elapsed - start
        let reader = ReplyReader(
            operation: operation, arguments: report.attempt.arguments, page: report.attempt.page,
            endpoint: configuration.endpoint, now: clock.now)
        switch result {
        case .success(let reply):
            report.status = reply.status
            report.clockSkew = reader.skew(reply)
            await budget.release(
                slot, reply.status == 429 ? .limited(retryAfter: reader.retryAfter(reply)) : .answered)
            return try reader.read(reply)
        case .failure(let problem):
            await budget.release(slot, .failed)
            throw reader.failure(problem)
        }
    }

    private func send(
        _ request: WireRequest, of operation: CloudOperation
    ) async -> Result<TransportReply, TransportProblem> {
        let limits = TransportLimits(
            timeout: configuration.requestTimeout, maximumReplyBytes: configuration.maximumReplyBytes)
        let headers = headers(request)
        let sending = { @Sendable [transport, configuration] () async -> Result<TransportReply, TransportProblem> in
            do throws(TransportProblem) {
                return .success(
                    try await transport.send(request, headers: headers, to: configuration.endpoint, limits: limits))
            } catch {
                return .failure(error)
            }
        }
        // A read may be dropped when nobody waits for it any more. A change that is on its way is waited for, whatever
        // happens to the caller: hanging up does not take it back, and its outcome would be unknown for nothing.
        return operation.retry == .once ? await Task(operation: sending).value : await sending()
    }

    private func slot(
        for operation: CloudOperation, _ claimant: BudgetClaimant
    ) async throws(CloudError) -> BudgetSlot {
        do {
            return try await budget.acquire(for: claimant)
        } catch {
            throw Self.stopped(error, operation, "no leave to send a request")
        }
    }

    /// The error of something that kept a request from leaving.
    private static func stopped(_ error: any Error, _ operation: CloudOperation, _ what: String) -> CloudError {
        if var error = error as? CloudError {
            error.outcome = .notSent
            return error
        }
        if error is CancellationError { return .cancelledBeforeSending(operation.name) }
        return CloudError(.machine, "\(what): \(error)", operation: operation.name)
    }

    /// Made afresh for every attempt, and for nobody's eyes.
    private func headers(_ request: WireRequest) -> [(String, String)] {
        WireHeaders.signed(configuration.credential, at: clock.now, path: request.path) + [
            ("Accept", "application/json"), ("User-Agent", configuration.userAgent),
        ]
    }

    private func boundary() -> String {
        "iwlua-" + String(UInt64(random() * 0x1p53), radix: 16) + String(UInt64(random() * 0x1p53), radix: 16)
    }
}

extension IwinvClient: CustomStringConvertible, CustomReflectable {
    public var description: String { "IwinvClient(\(configuration.endpoint))" }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
