import Hummingbird
public import HummingbirdCore
import Logging
public import NIOCore
import Synchronization

/// How much of a server its clients may hold.
public struct ConnectionLimits: Sendable {
    /// Open connections from one address.
    public var perAddress: Int
    /// Open connections from all.
    public var all: Int
    /// From the opening of a connection, or the answer before, to the end of the next answer.
    public var time: TimeAmount

    /// A browser opens six connections to a server.
    public init(perAddress: Int = 64, all: Int = 128, time: TimeAmount = .seconds(15)) {
        (self.perAddress, self.all, self.time) = (perAddress, all, time)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 whose clients cannot keep others out: who opens too many connections loses the oldest of them, and who sends
    /// a request byte by byte loses it, too.
    public static func limited(_ limits: ConnectionLimits = ConnectionLimits()) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let table = ConnectionTable(limits)
            let channel = HTTP1Channel(
                responder: { request, writer, channel in
                    try await responder(request, writer, channel)
                    table.answered(channel)
                },
                configuration: .init(
                    idleTimeout: limits.time,
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384)))
            return LimitedChannel(base: channel, table: table)
        }
    }
}

/// HTTP/1.1 with its connections in a table.
private struct LimitedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let table: ConnectionTable

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        table.opened(channel)
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// The open connections of a server.
final class ConnectionTable: Sendable {
    private struct Entry {
        var channel: any Channel
        var address: String
        /// Grows with each connection and each answer: the smallest has kept its connection longest for nothing.
        var turn: UInt64
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var turn: UInt64 = 0
    }

    private let limits: ConnectionLimits
    private let state = Mutex(State())

    init(_ limits: ConnectionLimits) { self.limits = limits }

    func opened(_ channel: any Channel) {
        let (id, address) = (ObjectIdentifier(channel), channel.remoteAddress?.ipAddress ?? "")
        let (turn, oldest) = state.withLock { state -> (UInt64, (any Channel)?) in
            state.turn += 1
            state.entries[id] = Entry(channel: channel, address: address, turn: state.turn)
            // Closing takes a while, and the next one that is too many must be another.
            let surplus = Self.surplus(state.entries, address, limits)
            return (state.turn, surplus.flatMap { state.entries.removeValue(forKey: $0)?.channel })
        }
        channel.closeFuture.whenComplete { [self] _ in
            _ = state.withLock { $0.entries.removeValue(forKey: id) }
        }
        oldest?.close(promise: nil)
        limit(channel, id, turn)
    }

    /// The time begins again with the end of an answer.
    func answered(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let turn = state.withLock { state -> UInt64? in
            guard state.entries[id] != nil else { return nil }
            state.turn += 1
            state.entries[id]?.turn = state.turn
            return state.turn
        }
        if let turn { limit(channel, id, turn) }
    }

    /// Lets go of a connection that has had no answer in time; a byte now and then does not help it.
    private func limit(_ channel: any Channel, _ id: ObjectIdentifier, _ turn: UInt64) {
        channel.eventLoop.scheduleTask(in: limits.time) { [weak self] in
            guard let self, state.withLock({ $0.entries[id]?.turn == turn }) else { return }
            channel.close(promise: nil)
        }
    }

    /// Whose connection is one too many: the oldest of the address that has most of them.
    private static func surplus(
        _ entries: [ObjectIdentifier: Entry], _ address: String, _ limits: ConnectionLimits
    ) -> ObjectIdentifier? {
        func oldest(of address: String) -> ObjectIdentifier? {
            entries.filter { $0.value.address == address }.min { $0.value.turn < $1.value.turn }?.key
        }
        if entries.values.count(where: { $0.address == address }) > limits.perAddress { return oldest(of: address) }
        guard entries.count > limits.all else { return nil }
        let counts = Dictionary(grouping: entries.values, by: \.address).mapValues(\.count)
        return counts.max { $0.value < $1.value }.flatMap { oldest(of: $0.key) }
    }
}
