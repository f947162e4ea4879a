import CCurl
import Clocks
import Foundation
import Synchronization

/// The thread on which one transport's exchanges run, and their connections. It begins with the first exchange; when there
/// has been none for a while it closes the connections and ends, and begins again with the next.
final class CurlLoop: Sendable {
    private struct Shared: ~Copyable {
        var arrived: [CurlExchange] = []
        var isRunning = false
        var isClosed = false
        /// Set while the thread runs; ``ccurl_wake`` is called with it under the lock.
        var connections: SendableConnections?
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    /// Unchecked: the thread has it for itself, but for `ccurl_wake`, which any thread may call.
    private struct SendableConnections: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let shared = Mutex(Shared())
    private let connectMilliseconds: Int
    private let limit: Int
    private let additionalTrustRoots: String?

    /// As long as a connection stays open for the next exchange.
    private static let idle = Duration.seconds(15)

    init(connectTimeout: Duration, connections: Int, additionalTrustRoots: String?) {
        connectMilliseconds = max(1, Int(connectTimeout.wholeNanoseconds / 1_000_000))
        limit = max(1, connections)
        self.additionalTrustRoots = additionalTrustRoots
    }

    // MARK: - From any thread

    func submit(_ exchange: CurlExchange) {
        let problem: TransportProblem? = shared.withLock { shared in
            guard !shared.isClosed else {
                return TransportProblem(.other("the transport was shut down"), mayHaveLeft: false)
            }
            if !shared.isRunning {
                guard ccurl_load() else { return TransportProblem(.libraryMissing, mayHaveLeft: false) }
                guard let pointer = ccurl_open(limit) else {
                    return TransportProblem(.other("out of memory"), mayHaveLeft: false)
                }
                guard start() else {
                    ccurl_close(pointer)
                    return TransportProblem(.other("no thread could be started"), mayHaveLeft: false)
                }
                shared.connections = SendableConnections(pointer: pointer)
                shared.isRunning = true
            }
            shared.arrived.append(exchange)
            if let connections = shared.connections { ccurl_wake(connections.pointer) }
            return nil
        }
        if let problem { exchange.answer(.failure(problem)) }
    }

    /// Ends it, or keeps it from beginning.
    func cancel(_ exchange: CurlExchange) {
        exchange.isCancelled.store(true, ordering: .releasing)
        shared.withLock { shared in
            if let connections = shared.connections { ccurl_wake(connections.pointer) }
        }
    }

    /// Ends what is under way and closes the connections; does not wait for that.
    func close() {
        shared.withLock { shared in
            shared.isClosed = true
            if let connections = shared.connections { ccurl_wake(connections.pointer) }
        }
    }

    /// The same, and waits.
    func closed() async {
        await withCheckedContinuation { continuation in
            let isClosed = shared.withLock { shared in
                shared.isClosed = true
                guard let connections = shared.connections else { return true }
                shared.closing.append(continuation)
                ccurl_wake(connections.pointer)
                return false
            }
            if isClosed { continuation.resume() }
        }
    }

    // MARK: - The thread

    private func start() -> Bool {
        let loop = Unmanaged.passRetained(self)
        let status = ccurl_start_thread(
            { context in
                guard let context else { return }
                Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
            }, loop.toOpaque())
        if status != 0 { loop.release() }
        return status == 0
    }

    /// What only the thread sees.
    private struct Work {
        let connections: OpaquePointer
        var authorities: Result<[UInt8]?, TransportProblem>
        var waiting: [CurlExchange] = []
        var active: [ObjectIdentifier: CurlExchange] = [:]
        var count: [Endpoint: Int] = [:]

        var isIdle: Bool { waiting.isEmpty && active.isEmpty }
    }

    private func run() {
        guard let connections = shared.withLock({ $0.connections })?.pointer else { return }
        var work = Work(connections: connections, authorities: authorities())
        var idleSince = ContinuousClock.now
        var closing: [CheckedContinuation<Void, Never>] = []
        while true {
            let now = ContinuousClock.now
            let isLeaving = shared.withLock { shared in
                work.waiting += shared.arrived
                shared.arrived = []
                guard shared.isClosed || work.isIdle && now - idleSince >= Self.idle else { return false }
                // From here on a new exchange starts a new thread, and nobody wakes this one.
                shared.isRunning = false
                shared.connections = nil
                closing = shared.closing
                shared.closing = []
                return true
            }
            if isLeaving { break }
            giveUp(&work, now: now)
            begin(&work)
            ccurl_work(connections)
            let hasEnded = finish(&work)
            if !work.isIdle { idleSince = now }
            // What has ended leaves its place to what waits.
            if hasEnded, !work.waiting.isEmpty { continue }
            ccurl_wait(connections, pause(work, idleSince: idleSince))
        }
        for exchange in Array(work.active.values) { abandon(exchange, .cancelled, &work) }
        for exchange in work.waiting { exchange.answer(.failure(TransportProblem(.cancelled, mayHaveLeft: false))) }
        ccurl_close(connections)
        for continuation in closing { continuation.resume() }
    }

    /// Ends what nobody waits for any more, and what has taken too long.
    private func giveUp(_ work: inout Work, now: ContinuousClock.Instant) {
        func reason(_ exchange: CurlExchange) -> TransportProblem.Kind? {
            if exchange.isCancelled.load(ordering: .acquiring) { return .cancelled }
            return exchange.deadline <= now ? .timeout : nil
        }
        for exchange in Array(work.active.values) {
            if let reason = reason(exchange) { abandon(exchange, reason, &work) }
        }
        work.waiting.removeAll { exchange in
            guard let reason = reason(exchange) else { return false }
            exchange.answer(.failure(TransportProblem(reason, mayHaveLeft: false)))
            return true
        }
    }

    private func abandon(_ exchange: CurlExchange, _ kind: TransportProblem.Kind, _ work: inout Work) {
        // Answered first: an older libcurl waits here until a name is found.
        exchange.answer(.failure(TransportProblem(kind, mayHaveLeft: exchange.hasBegun)))
        remove(exchange, &work)
    }

    private func remove(_ exchange: CurlExchange, _ work: inout Work) {
        exchange.end(on: work.connections)
        work.active[ObjectIdentifier(exchange)] = nil
        let count = (work.count[exchange.endpoint] ?? 1) - 1
        work.count[exchange.endpoint] = count == 0 ? nil : count
    }

    private func begin(_ work: inout Work) {
        guard !work.waiting.isEmpty else { return }
        var later: [CurlExchange] = []
        for exchange in work.waiting {
            let count = work.count[exchange.endpoint] ?? 0
            guard count < limit else {
                later.append(exchange)
                continue
            }
            switch exchange.endpoint.scheme == .https ? work.authorities : .success(nil) {
            case .failure(let problem): exchange.answer(.failure(problem))
            case .success(let authorities):
                exchange.start(
                    on: work.connections, connectMilliseconds: connectMilliseconds, authorities: authorities)
                guard exchange.handle != nil else {
                    // Its other flavours lack something: GnuTLS takes no certificates of one's own before 8.
                    let words = "it lacks an option: \(String(cString: ccurl_version()))"
                    exchange.answer(.failure(TransportProblem(.other(words), mayHaveLeft: false)))
                    continue
                }
                work.active[ObjectIdentifier(exchange)] = exchange
                work.count[exchange.endpoint] = count + 1
            }
        }
        work.waiting = later
    }

    private func finish(_ work: inout Work) -> Bool {
        var code: Int32 = 0
        var hasEnded = false
        while let exchange = CurlExchange.of(ccurl_next_ended(work.connections, &code)) {
            let result = exchange.result(code: code)
            // Answered last: who asks next finds the connection free.
            remove(exchange, &work)
            exchange.answer(result)
            hasEnded = true
        }
        return hasEnded
    }

    /// Until something has to be done that no connection tells of.
    private func pause(_ work: Work, idleSince: ContinuousClock.Instant) -> Int32 {
        let deadlines = work.active.values.map(\.deadline) + work.waiting.map(\.deadline)
        let until = deadlines.min() ?? idleSince + Self.idle
        let milliseconds = (until - .now).wholeNanoseconds / 1_000_000 + 1
        return Int32(max(0, min(milliseconds, 60_000)))
    }

    /// The system's certificates and one's own, if there are any of one's own; libcurl knows only "in place of".
    private func authorities() -> Result<[UInt8]?, TransportProblem> {
        guard let path = additionalTrustRoots else { return .success(nil) }
        let own: [UInt8]
        do { own = try TrustRoots(path: path).bytes } catch {
            return .failure(TransportProblem(.trustRoots(error), mayHaveLeft: false))
        }
        let system = ccurl_system_authorities().flatMap { FileManager.default.contents(atPath: String(cString: $0)) }
        return .success(Array(system ?? Data()) + [UInt8(ascii: "\n")] + own)
    }
}
