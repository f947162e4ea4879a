import Clocks
import Foundation
import Glibc
import Hummingbird
import NIOCore
import Testing

@testable import DaemonWeb

@Suite struct ConnectionLimitTests {
    /// A connection by hand.
    private final class Line {
        let descriptor: Int32

        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(isConnected == 0)
        }

        deinit { close(descriptor) }

        func send(_ text: String) { _ = text.withCString { write(descriptor, $0, strlen($0)) } }

        /// What comes until the other side closes.
        func rest() async -> String { await read(until: nil) }

        func answer() async -> String { await read(until: "answered") }

        /// On a thread of its own.
        private func read(until end: String?) async -> String {
            let descriptor = descriptor
            return await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var bytes: [UInt8] = []
                    var chunk = [UInt8](repeating: 0, count: 4096)
                    while end.map({ !String(decoding: bytes, as: UTF8.self).hasSuffix($0) }) ?? true {
                        let count = Glibc.read(descriptor, &chunk, chunk.count)
                        guard count > 0 else { break }
                        bytes += chunk[..<count]
                    }
                    continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
                }
            }
        }
    }

    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// Serves while the work is done.
    private func serving(_ limits: ConnectionLimits, _ work: @Sendable @escaping (Int) async throws -> Void)
        async throws
    {
        let router = Router()
        router.get("/") { _, _ in "answered" }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, server: .limited(limits),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await work(port)
                break
            }
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `whoever opens many connections loses the oldest of them`() async throws {
        try await serving(ConnectionLimits(perAddress: 3, all: 100, time: .hours(1))) { port in
            var lines: [Line] = []
            for _ in 0..<3 {
                let line = try Line(port: port)
                // Once through, so that it is known which came first.
                line.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(await line.answer().hasSuffix("answered"))
                line.send("GET / HTTP/1.1\r\nHost: loc")
                lines.append(line)
            }
            let newest = try Line(port: port)
            newest.send(Self.request)
            #expect(await newest.rest().hasSuffix("answered"))
            #expect(await lines[0].rest() == "")
            // The others are still there.
            lines[2].send("alhost\r\nConnection: close\r\n\r\n")
            #expect(await lines[2].rest().hasSuffix("answered"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `so it is with all addresses together`() async throws {
        try await serving(ConnectionLimits(perAddress: 100, all: 3, time: .hours(1))) { port in
            var lines: [Line] = []
            for _ in 0..<4 {
                let line = try Line(port: port)
                line.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(await line.answer().hasSuffix("answered"))
                lines.append(line)
            }
            #expect(await lines[0].rest() == "")
            lines[1].send(Self.request)
            #expect(await lines[1].rest().hasSuffix("answered"))
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "", "G", "GET / HTTP/1.1\r\nHost: loc", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na",
        ])
    func `a request that does not come to its end is let go`(_ beginning: String) async throws {
        try await serving(ConnectionLimits(time: .milliseconds(200))) { port in
            let line = try Line(port: port)
            line.send(beginning)
            #expect(!(await line.rest().contains("answered")))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a head without end is refused`() async throws {
        try await serving(ConnectionLimits(time: .hours(1))) { port in
            let line = try Line(port: port)
            line.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "x", count: 40_000))
            #expect(!(await line.rest().contains("answered")))
        }
    }

    // MARK: - Names

    @Test(arguments: [
        ("localhost", true), ("localhost:8480", true), ("LOCALHOST:1", true), ("127.0.0.1:8480", true),
        ("[::1]:8480", true),
        ("[::1]", true), ("10.0.0.5:9", true), ("server-1:9", true), ("example.com", false),
        ("example.com:8480", false),
        ("localhost:1@evil", false), ("[::1]x", false), ("[::1]:x", false), ("localhost.evil.com", false), ("", false),
        (":8480", false), ("127.0.0.1.evil.com", false), ("[evil]", false), ("localhost:123456", false), ("::1", false),
        ("127.1", false), ("localhost ", false),
    ])
    func `names that lead here`(_ authority: String, _ isOurs: Bool) {
        #expect(HostRule(["Server-1"]).accepts(authority) == isOurs)
    }

    @Test func `no name at all is none of ours`() { #expect(!HostRule().accepts(nil)) }

    // MARK: - The token

    @Test func `the right token always enters, and wrong ones wait`() {
        let sessions = WebSessions(token: "a-token-of-enough-letters")
        var now = Instant(seconds: 1000)
        #expect(sessions.pause(at: now) == .zero)
        for number in 1...1000 {
            #expect(sessions.login("wrong \(number)", at: now) == nil)
            #expect(sessions.pause(at: now) == (number > 10 ? .seconds(2) : .zero))
            if number.isMultiple(of: 100) { #expect(sessions.login("a-token-of-enough-letters", at: now) != nil) }
        }
        now = now + .seconds(61)
        #expect(sessions.login("wrong", at: now) == nil)
        #expect(sessions.pause(at: now) == .zero)
    }
}
