import Clocks
import HTTPTypes
import HummingbirdCore
import IwinvModel
import IwinvWire
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Where HTTP meets the ``FrontDesk``: turns requests into values and replies into bytes, one at a time.
final class HTTPFace: Sendable {
    let desk: Mutex<FrontDesk>
    let logger: Logger
    private let clock: any HostClock
    private let stateFile: StateFile?
    private let checksAddresses: Bool
    private let dates = HTTPDates()

    /// The largest body that is read: 1 MiB.
    static let bodyLimit = 1 << 20

    init(_ configuration: SimulatorConfiguration) throws {
        stateFile = configuration.stateFile.map(StateFile.init)
        var cloud = try stateFile?.load() ?? configuration.cloud
        if let profile = configuration.profile { cloud.switches = profile.switches }
        desk = Mutex(
            FrontDesk(
                cloud: cloud, keys: configuration.keys, quota: configuration.quota,
                allowedAddresses: configuration.allowedAddresses,
                faults: FaultPlan(configuration.faults, seed: configuration.faultSeed)))
        clock = configuration.clock
        logger = configuration.logger
        checksAddresses = configuration.allowedAddresses != nil
        try stateFile?.save(cloud, revision: 0)
    }

    /// The cloud as it is now, with the late changes whose time has come.
    var cloud: Cloud { settled { $0.cloud } }

    /// Looks at the desk, or changes it, after the late changes whose time has come.
    func settled<Result: Sendable>(_ body: (inout FrontDesk) throws -> Result) rethrows -> Result {
        try desk.withLock { desk in
            desk.makeLateChanges(until: clock.now)
            return try body(&desk)
        }
    }

    /// - Throws: to close the connection, which is what the server does with any error.
    func respond(to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel) async throws {
        let incoming = try await incoming(request, on: channel)
        let (reply, fault, hasChanged) = desk.withLock { desk in
            let before = desk.revision
            // The clock is read inside the lock, so that requests are answered in the order of their instants.
            let reply = desk.answer(incoming, at: clock.now)
            return (reply, logger.logLevel <= .debug ? desk.log.last?.fault : nil, desk.revision != before)
        }
        if hasChanged { keep() }
        logger.debug("\(incoming.method) \(incoming.path) \(reply.status)\(fault.map { " [\($0)]" } ?? "")")
        try await send(reply, to: request, writer)
    }

    private func send(_ reply: Reply, to request: Request, _ writer: consuming ResponseWriter) async throws {
        if reply.delivery == .nothing { throw ConnectionCut() }
        if case .late(let time) = reply.delivery { await hold(for: time) }
        var (bytes, type) =
            switch reply.body {
            case .json(let value): (JSONCodec.encode(value), "application/json")
            case .text(let text): (Array(text.utf8), "application/json")
            case .html(let text): (Array(text.utf8), "text/html")
            }
        if reply.isCompressed { bytes = Gzip.wrap(bytes) }
        // The simulator's date, not the machine's: clients read their clock's error from it.
        var headers: HTTPFields = [
            .contentType: type, .contentLength: "\(bytes.count)", .date: dates.text(reply.date),
        ]
        if reply.isCompressed { headers[.contentEncoding] = "gzip" }
        if let seconds = reply.retryAfter { headers[.retryAfter] = "\(seconds)" }
        let head = HTTPResponse(status: .init(code: reply.status), headerFields: headers)
        if reply.delivery == .cutShort {
            var body = try await writer.writeHead(head)
            try await body.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
            throw ConnectionCut()
        }
        // The answer to a HEAD has no body, or a client takes it for the start of the next answer.
        let body = request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        try await writer.write(response: head, body: body)
    }

    /// Thrown to have the server close a connection in the middle of a request.
    private struct ConnectionCut: Error {}

    /// Makes a client wait; a simulator that is told to stop answers at once.
    private func hold(for time: Duration) async {
        try? await cancelWhenGracefulShutdown { [clock] in try await clock.keepWaiting(for: time) }
    }

    /// Writes the state file, if there is one.
    func keep() {
        guard let stateFile else { return }
        let (cloud, revision) = desk.withLock { ($0.cloud, $0.revision) }
        do {
            try stateFile.save(cloud, revision: revision)
        } catch {
            logger.error("\(error)")
        }
    }

    /// Of the header only what the desk looks at. A field that occurs twice becomes one with a comma in it, which is
    /// well-formed nowhere here.
    private func incoming(_ request: Request, on channel: any Channel) async throws -> IncomingRequest {
        var incoming = IncomingRequest(
            method: request.method.rawValue, target: request.head.path ?? "", body: try await Self.body(request))
        let fields = request.headers
        incoming.timestamp = Self.timestamp.flatMap { fields[$0] }
        incoming.credential = Self.credential.flatMap { fields[$0] }
        incoming.signature = Self.signature.flatMap { fields[$0] }
        incoming.contentType = fields[.contentType]
        if checksAddresses { incoming.sourceAddress = channel.remoteAddress?.ipAddress }
        return incoming
    }

    private static let timestamp = HTTPField.Name(WireHeaders.timestamp)
    private static let credential = HTTPField.Name(WireHeaders.credential)
    private static let signature = HTTPField.Name(WireHeaders.signature)

    /// Nil if it is too large. What is left of it is not kept in memory.
    private static func body(_ request: Request) async throws -> [UInt8]? {
        do {
            return Array(buffer: try await request.body.collect(upTo: bodyLimit))
        } catch is NIOTooManyBytesError {
            return nil
        }
    }
}
