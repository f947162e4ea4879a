import Clocks
import Foundation
import HTTPTypes
import HummingbirdCore
import IwinvModel
import IwinvWire
import Logging
import NIOCore
import Synchronization

/// Where HTTP meets the ``FrontDesk``: turns requests into values and replies into bytes, one at a time.
final class HTTPFace: Sendable {
    let desk: Mutex<FrontDesk>
    let logger: Logger
    private let clock: any HostClock
    private let stateFile: StateFile?

    /// The largest body that is read: 1 MiB.
    static let bodyLimit = 1 << 20

    init(_ configuration: SimulatorConfiguration) throws {
        stateFile = configuration.stateFile.map(StateFile.init)
        let cloud = try stateFile?.load() ?? configuration.cloud
        desk = Mutex(FrontDesk(cloud: cloud, keys: configuration.keys, quota: configuration.quota))
        clock = configuration.clock
        logger = configuration.logger
        try stateFile?.save(cloud, revision: 0)
    }

    func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
        let incoming = IncomingRequest(
            method: request.method.rawValue, target: request.head.path ?? "",
            headers: Self.headers(request.headers), body: try await Self.body(request))
        let (reply, instant, hasChanged) = desk.withLock { desk in
            // Inside the lock, so that requests are answered in the order of their instants.
            let instant = clock.now
            let before = desk.revision
            return (desk.answer(incoming, at: instant), instant, desk.revision != before)
        }
        if hasChanged { keep() }
        logger.debug("\(incoming.method) \(incoming.path) \(reply.status)")
        let bytes = JSONCodec.encode(reply.body)
        var headers: HTTPFields = [
            .contentType: "application/json", .contentLength: "\(bytes.count)", .date: Self.date(instant),
        ]
        if let seconds = reply.retryAfter { headers[.retryAfter] = "\(seconds)" }
        // The answer to a HEAD has no body, or a client takes it for the start of the next answer.
        let body = request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        try await writer.write(
            response: HTTPResponse(status: .init(code: reply.status), headerFields: headers), body: body)
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

    /// Nil if it is too large. What is left of it is not kept in memory.
    private static func body(_ request: Request) async throws -> [UInt8]? {
        do {
            return Array(buffer: try await request.body.collect(upTo: bodyLimit))
        } catch is NIOTooManyBytesError {
            return nil
        }
    }

    /// A field that occurs twice becomes one with a comma in it, which is well-formed nowhere here.
    private static func headers(_ fields: HTTPFields) -> [String: String] {
        Dictionary(fields.map { ($0.name.canonicalName, $0.value) }) { "\($0), \($1)" }
    }

    /// The simulator's clock, not the machine's: clients read their clock's error from it.
    private static func date(_ instant: Instant) -> String {
        Date(timeIntervalSince1970: Double(instant.seconds)).formatted(dateStyle)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7)
    private static let dateStyle = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
}
