import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A proxy on 127.0.0.1 that does as it is told: it takes the wish of a client to be connected, and connects it to a port of this
/// machine, whatever the host's name, or does not.
package final class ForwardProxy: Sendable {
    package enum Answer: Sendable {
        /// Connects to that port of 127.0.0.1.
        case connect(port: Int)
        /// These bytes, then the end of the connection.
        case bytes(String)
        /// These bytes, and then nothing more.
        case bytesThenSilence(String)
        case close
        case silence
    }

    package enum Language: Sendable {
        /// `CONNECT host:port HTTP/1.1`; the wish is its whole head.
        case http
        /// SOCKS 5, with a user if one is named; the wish is `host:port`.
        case socks(user: String?, password: String)
    }

    private let channel: any Channel
    private let seen: Log

    fileprivate final class Log: Sendable {
        let wishes = Mutex<[String]>([])
        let connections = Mutex(0)
    }

    /// What was asked for.
    package var wishes: [String] { seen.wishes.withLock { $0 } }
    package var connections: Int { seen.connections.withLock { $0 } }
    package var port: Int { channel.localAddress?.port ?? 0 }

    private init(channel: any Channel, seen: Log) {
        self.channel = channel
        self.seen = seen
    }

    package static func start(
        _ language: Language = .http, tls: ServerTLS? = nil, _ answer: @escaping @Sendable (String) -> Answer
    ) async throws -> ForwardProxy {
        let seen = Log()
        let context = try tls?.context()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    seen.connections.withLock { $0 += 1 }
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(Doorman(language, seen: seen, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ForwardProxy(channel: channel, seen: seen)
    }

    package func stop() async throws {
        try await channel.close()
    }
}

/// Reads the wish, and then passes on what comes.
private final class Doorman: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case greeting, login, wish, connecting
        case through(any Channel)
    }

    private let language: ForwardProxy.Language
    private let seen: ForwardProxy.Log
    private let answer: @Sendable (String) -> ForwardProxy.Answer
    private var received: [UInt8] = []
    private var state: State

    init(
        _ language: ForwardProxy.Language, seen: ForwardProxy.Log,
        answer: @escaping @Sendable (String) -> ForwardProxy.Answer
    ) {
        self.language = language
        self.seen = seen
        self.answer = answer
        state = if case .http = language { .wish } else { .greeting }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(buffer: unwrapInboundIn(data))
        if case .through(let peer) = state { return flush(to: peer) }
        switch language {
        case .http: readHead(context)
        case .socks(let user, let password): readSocks(context, user, password)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .through(let peer) = state { peer.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func readHead(_ context: ChannelHandlerContext) {
        let text = String(decoding: received, as: UTF8.self)
        guard case .wish = state, let end = text.firstRange(of: "\r\n\r\n") else { return }
        received = Array(text[end.upperBound...].utf8)
        act(on: String(text[..<end.lowerBound]), "HTTP/1.1 200 Connection established\r\n\r\n", context)
    }

    private func readSocks(_ context: ChannelHandlerContext, _ user: String?, _ password: String) {
        switch state {
        case .greeting:
            // Version, number of methods, methods.
            guard received.count > 1, received.count >= 2 + Int(received[1]) else { return }
            let method: UInt8 = user == nil ? 0 : 2
            let isOffered = received[2..<(2 + Int(received[1]))].contains(method)
            received = []
            write([5, isOffered ? method : 0xFF], context)
            state = user == nil ? .wish : .login
        case .login:
            guard received.count > 2 else { return }
            let name = received.dropFirst(2).prefix(Int(received[1]))
            let rest = received.dropFirst(2 + name.count)
            guard let length = rest.first, rest.count > Int(length) else { return }
            let isRight = Array(name) == Array((user ?? "").utf8) && Array(rest.dropFirst()) == Array(password.utf8)
            received = []
            write([1, isRight ? 0 : 1], context)
            state = .wish
        case .wish:
            // Version, command, nothing, kind of address (3: a name), its length, it, port.
            guard received.count > 5, received[3] == 3, received.count >= 7 + Int(received[4]) else { return }
            let name = received[5..<(5 + Int(received[4]))]
            let port = Int(received[5 + name.count]) << 8 | Int(received[6 + name.count])
            received = []
            act(
                on: "\(String(decoding: name, as: UTF8.self)):\(port)",
                String(decoding: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] as [UInt8], as: UTF8.self), context)
        case .connecting, .through: return
        }
    }

    private func act(on wish: String, _ agreement: String, _ context: ChannelHandlerContext) {
        seen.wishes.withLock { $0.append(wish) }
        switch answer(wish) {
        case .silence: state = .connecting
        case .close: context.close(promise: nil)
        case .bytes(let text):
            write(Array(text.utf8), context)
            context.close(promise: nil)
        case .bytesThenSilence(let text):
            write(Array(text.utf8), context)
            state = .connecting
        case .connect(let port):
            state = .connecting
            let client = context.channel
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Back(client))
                    }
                }
                .connect(host: "127.0.0.1", port: port)
                .whenComplete { result in
                    let (doorman, context) = bound.value
                    switch result {
                    case .failure: client.close(promise: nil)
                    case .success(let peer):
                        doorman.write(Array(agreement.utf8), context)
                        doorman.state = .through(peer)
                        doorman.flush(to: peer)
                    }
                }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func flush(to peer: any Channel) {
        guard !received.isEmpty else { return }
        peer.writeAndFlush(ByteBuffer(bytes: received), promise: nil)
        received = []
    }
}

/// Passes on what comes back.
private final class Back: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(_ client: any Channel) {
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.close(promise: nil)
    }
}
