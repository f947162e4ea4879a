import Clocks
import Foundation
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import IwinvTesting
import IwinvWire
import NIOCore
import NIOHTTP1
import NIOPosix

/// What came back over the socket.
struct RawReply: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name.lowercased() }?.1 }
    var envelope: Envelope { get throws { try Envelope(status: status, body: body) } }
    var errorCode: ErrorCode { get throws { try envelope.errorCode } }
}

/// An HTTP client that sends exactly what it is told, one connection a request.
enum RawClient {
    static func send(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = [], port: Int
    ) async throws -> RawReply {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var fields = HTTPHeaders(headers)
            fields.add(name: "Host", value: "127.0.0.1:\(port)")
            fields.add(name: "Connection", value: "close")
            if !body.isEmpty { fields.add(name: "Content-Length", value: "\(body.count)") }
            var parts: [HTTPClientRequestPart] = [
                .head(.init(version: .http1_1, method: .init(rawValue: method), uri: target, headers: fields))
            ]
            if !body.isEmpty { parts.append(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
            // At once: a server may have answered the head, and gone, before the end is written.
            try await outbound.write(contentsOf: parts + [.end(nil)])
            var reply = RawReply(status: 0, headers: [], body: [])
            for try await part in inbound {
                switch part {
                case .head(let head):
                    reply.status = Int(head.status.code)
                    reply.headers = head.headers.map { ($0.name, $0.value) }
                case .body(let buffer): reply.body += Array(buffer: buffer)
                case .end: return reply
                }
            }
            return reply
        }
    }
}

extension SimulatedCloud {
    /// A request signed by the simulator's clock, unless `at` says otherwise.
    func send(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = [], at: Instant? = nil
    ) async throws -> RawReply {
        let credential = try Credential(accessKey: accessKey, secretKey: secretKey)
        let path = String(target.prefix { $0 != "?" })
        let signed = WireHeaders.signed(credential, at: at ?? clock.now, path: path)
        return try await RawClient.send(
            method, target, headers: signed + headers, body: body, port: simulator.port)
    }

    /// A call through the codec, as a client makes it.
    func call(
        _ operation: OperationName, _ raw: [String: JSONValue] = [:], page: PageRequest? = nil
    ) async throws -> RawReply {
        guard let entry = Catalog.iwinv[operation] else { throw CancellationError() }
        let request = RequestCodec.encode(entry, try Arguments(raw, for: entry), page: page, boundary: "iwlua-test")
        let headers = request.contentType.map { [("Content-Type", $0)] } ?? []
        return try await send(request.method.rawValue, request.target, headers: headers, body: request.body)
    }
}

/// Runs a body against a simulator of its own and stops it afterwards.
func withCloud(
    fleet: FleetDescription? = nil, clock: VirtualClock = VirtualClock(start: SimulatedCloud.start),
    configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (SimulatedCloud) async throws -> Void
) async throws {
    let cloud = try await SimulatedCloud.start(fleet: fleet, clock: clock, configure: configure)
    do {
        try await body(cloud)
    } catch {
        try await cloud.stop()
        throw error
    }
    try await cloud.stop()
}
