import NIOCore
import NIOPosix

/// A connection that shows the very bytes of an answer.
enum RawSocket {
    /// Sends bytes and reads until the other side closes.
    ///
    /// - Returns: all that came. A connection that is reset counts as closed.
    static func exchange(_ text: String, port: Int) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var bytes: [UInt8] = []
            do {
                for try await part in inbound { bytes += Array(buffer: part) }
            } catch is IOError {
                // The peer's way of saying the same.
            }
            return bytes
        }
    }
}
