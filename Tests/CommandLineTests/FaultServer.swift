import Foundation
import Synchronization

/// A TCP server on loopback that misbehaves in one way. Real sockets: what is tested is what the wire does.
final class FaultServer: Sendable {
    enum Fault: Sendable {
        case page(status: Int, type: String, body: String)
        case redirect(to: String)
        case flood(bytes: Int)
        /// Bytes that are no protocol at all.
        case garbage
        /// Answers reads, and closes the connection when it has read a write.
        case dropsWrites
    }

    let port: UInt16
    private let fault: Fault
    private let listener: Int32
    private let counts = Mutex((connections: 0, writes: 0))

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var connections: Int { counts.withLock { $0.connections } }
    var writes: Int { counts.withLock { $0.writes } }

    init(_ fault: Fault) throws {
        self.fault = fault
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        self.listener = listener
        self.port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            counts.withLock { $0.connections += 1 }
            Thread.detachNewThread { [self] in
                serve(connection)
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32) {
        if case .garbage = fault {
            send(connection, Array("this is no TLS\r\n".utf8))
            return
        }
        while let head = readRequest(connection) {
            switch fault {
            case .page(let status, let type, let body):
                answer(connection, status, ["Content-Type: \(type)"], Array(body.utf8))
            case .redirect(let target):
                answer(connection, 302, ["Location: \(target)"], [])
            case .flood(let bytes):
                send(connection, Array("HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n".utf8))
                let block = [UInt8](repeating: 0x20, count: 1 << 16)
                for _ in 0..<(bytes / block.count) where !send(connection, block) { return }
            case .dropsWrites:
                guard head.hasPrefix("GET ") else {
                    counts.withLock { $0.writes += 1 }
                    return
                }
                let row =
                    #"{"instance_id": "INSTANCE-z3oB3PugYnKmmyxKyGzr9", "name": "iwinv API test", "status": "active"}"#
                let body = #"{"code": "0x00", "error_code": "SUCCESS", "message": "", "result": [\#(row)], "count": 1}"#
                answer(connection, 200, ["Content-Type: application/json"], Array(body.utf8))
            case .garbage: return
            }
        }
    }

    private func answer(_ connection: Int32, _ status: Int, _ headers: [String], _ body: [UInt8]) {
        let lines = ["HTTP/1.1 \(status) -"] + headers + ["Content-Length: \(body.count)", "", ""]
        send(connection, Array(lines.joined(separator: "\r\n").utf8) + body)
    }

    @discardableResult
    private func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Reads one request with its body; returns its head.
    private func readRequest(_ connection: Int32) -> String? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let length =
                    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                if received.count >= head.utf8.count + 4 + length { return head }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }
}
