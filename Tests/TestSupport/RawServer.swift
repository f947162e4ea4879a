import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that misbehaves as it is told: it reads whole HTTP requests and answers with raw bytes.
package final class RawServer: Sendable {
    package enum Answer: Sendable {
        /// These bytes, then the end of the connection.
        case bytes(String)
        /// The same, for what is no text.
        case data([UInt8])
        /// These bytes, and then nothing more.
        case bytesThenSilence(String)
        /// The end of the connection.
        case close
        /// A chunked body of so many MiB.
        case flood(Int)
        /// Nothing at all.
        case silence

        package static func http(_ status: String, _ body: String, headers: String = "") -> Answer {
            .bytes(
                "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
            )
        }
    }

    private let channel: any Channel
    private let seen: Log

    final class Log: Sendable {
        let requests = Mutex<[String]>([])
        let connections = Mutex(0)
    }

    /// The requests that came, head and body.
    package var requests: [String] { seen.requests.withLock { $0 } }
    package var connections: Int { seen.connections.withLock { $0 } }
    package var port: Int { channel.localAddress?.port ?? 0 }

    private init(channel: any Channel, seen: Log) {
        self.channel = channel
        self.seen = seen
    }

    package static func start(
        tls: ServerTLS? = nil, _ answer: @escaping @Sendable (String) -> Answer
    ) async throws -> RawServer {
        let seen = Log()
        let context = try tls?.context()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    seen.connections.withLock { $0 += 1 }
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(seen: seen, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel: channel, seen: seen)
    }

    package func stop() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let seen: Log
        private let answer: @Sendable (String) -> Answer
        private var received = ""

        init(seen: Log, answer: @escaping @Sendable (String) -> Answer) {
            self.seen = seen
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard let head = received.firstRange(of: "\r\n\r\n") else { return }
            let length =
                received[..<head.lowerBound].split(separator: "\r\n")
                .first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).filter { $0 != " " }) } ?? 0
            guard received[head.upperBound...].utf8.count >= length else { return }
            let request = received
            received = ""
            seen.requests.withLock { $0.append(request) }
            reply(answer(request), context)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func reply(_ answer: Answer, _ context: ChannelHandlerContext) {
            switch answer {
            case .silence: return
            case .close: context.close(promise: nil)
            case .bytes(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                context.close(promise: nil)
            case .data(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
                context.close(promise: nil)
            case .bytesThenSilence(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .flood(let megabytes):
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                context.write(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
                let chunk = ByteBuffer(string: "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n")
                for _ in 0..<megabytes { context.write(wrapOutboundOut(chunk), promise: nil) }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "0\r\n\r\n")), promise: nil)
            }
        }
    }
}
