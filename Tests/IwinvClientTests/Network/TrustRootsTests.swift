import Foundation
import Glibc
import IwinvCatalog
import IwinvClient
import TestSupport
import Testing

@Suite struct TrustRootsTests {
    private func problem(_ path: String) throws -> TrustRootsProblem {
        try #require(throws: TrustRootsProblem.self) { try TrustRoots(path: path) }
    }

    private func withFile<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) throws -> Value {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("roots-\(UUID().uuidString).pem")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test func `certificates are counted`() throws {
        let one = try Fixtures.bytes("tls/authority.pem")
        let other = try Fixtures.bytes("tls/self.pem")
        #expect(try TrustRoots(path: Fixtures.path("tls/authority.pem")).count == 1)
        let count = { try TrustRoots(path: $0).count }
        #expect(try withFile(Array("# Our own\n".utf8) + one + Array("\nand\n".utf8) + other, count) == 2)
        let windows = String(decoding: one, as: UTF8.self).replacing("\n", with: "\r\n")
        #expect(try withFile(Array(windows.utf8), count) == 1)
    }

    @Test func `what holds none says so`() throws {
        #expect(try problem("/no/such/file").reason == .unreadable(ENOENT))
        #expect(try problem("/tmp").reason == .unreadable(EISDIR))
        #expect(try problem("/dev/zero").reason == .unreadable(EFBIG))
        #expect(try problem("/dev/null").reason == .holdsNone)
        #expect(try problem(Fixtures.path("tls/cloud-key.pem")).reason == .holdsNone)
        let one = try Fixtures.bytes("tls/authority.pem")
        try withFile(one + Array("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".utf8)) { path in
            let problem = try problem(path)
            #expect(problem.reason == .damaged(after: 1))
            #expect(problem.message.english == "certificate 2 in \(path) is damaged")
            #expect(problem.message.korean.contains("2번째"))
        }
        #expect(try withFile(one + one.prefix(200), problem).reason == .damaged(after: 1))
    }
}
