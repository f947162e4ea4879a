import Foundation
import Glibc

/// A load generator that does nothing but write prepared bytes and read answers, as wrk does: the most that a server
/// can be asked for on so many connections.
struct RawLoad {
    var port: UInt16
    /// A whole request.
    var request: [UInt8]
    var connections: Int
    var requestsEach: Int

    /// Wall time of all requests together, in seconds.
    func run() async throws -> Double {
        try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<connections {
                    group.addTask {
                        try await withCheckedThrowingContinuation { continuation in
                            Thread.detachNewThread { continuation.resume(with: Result { try exchange() }) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func exchange() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw LoadProblem() }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<requestsEach {
            guard send(descriptor, request, request.count, 0) == request.count else { throw LoadProblem() }
            try readAnswer(descriptor, &buffer)
        }
    }

    /// Reads a head and as many bytes as it announces.
    private func readAnswer(_ descriptor: Int32, _ buffer: inout [UInt8]) throws {
        var filled = 0
        var total: Int?
        while total.map({ filled < $0 }) ?? true {
            let count = recv(descriptor, &buffer[filled], buffer.count - filled, 0)
            guard count > 0 else { throw LoadProblem() }
            filled += count
            if total == nil { total = Self.length(buffer[..<filled]) }
        }
    }

    private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        guard let place = head.range(of: "content-length: ") else { return nil }
        return end.upperBound + (Int(head[place.upperBound...].prefix { $0.isNumber }) ?? 0)
    }

    struct LoadProblem: Error {}
}
