import Foundation
import IwinvCatalog
@testable import IwinvClient
import IwinvWire
import TestSupport
import Testing

/// Each cause by its name; and whatever the cause, no request has left, and it was tried once.
@Suite struct TLSFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var tls: ServerTLS?
        var trusting: String? = Way.authority
        var failure: TLSFailure
        var testDescription: String { "\(failure)" }
    }

    static let cases: [Case] = [
        Case(
            tls: ServerTLS("cloud"), trusting: nil,
            failure: .unknownAuthority("Example Company Root (Example Company)")),
        Case(tls: ServerTLS("self"), failure: .selfSigned(subject: "cloud.test")),
        Case(tls: ServerTLS("expired"), failure: .expired("2021-03-01 12:00 UTC", subject: "cloud.test")),
        Case(tls: ServerTLS("future"), failure: .notYetValid("2100-01-01 00:00 UTC", subject: "cloud.test")),
        Case(tls: ServerTLS("other"), failure: .otherHost(names: ["other.test", "www.other.test"])),
        Case(tls: nil, failure: .notTLS),
        Case(tls: ServerTLS("cloud", newest: .tls11), failure: .version),
        Case(tls: ServerTLS("cloud", newest: .tls12, demandsCertificate: true), failure: .clientCertificate),
    ]

    @Test(arguments: cases)
    func `each cause has its name, and no request leaves`(_ tried: Case) async throws {
        // What does not speak TLS answers what it does not understand.
        let speaksTLS = tried.tls != nil
        let proxy: @Sendable (String, Int) -> ForwardProxy.Answer = { _, port in
            speaksTLS
                ? .connect(port: port)
                : .bytes("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n")
        }
        try await Way.with(tls: tried.tls, trusting: tried.trusting, proxy: proxy) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.tls(tried.failure), mayHaveLeft: false))
            #expect(way.server.requests.isEmpty && way.server.connections == (speaksTLS ? 1 : 0))
            #expect(way.proxy.wishes.count == 1)
        }
    }

    @Test func `with TLS 1.3 a client learns too late that a certificate was wanted`() async throws {
        try await Way.with(tls: ServerTLS("cloud", demandsCertificate: true)) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.tls(.clientCertificate), mayHaveLeft: true))
            #expect(way.server.requests.isEmpty)
        }
    }

    @Test func `what a certificate says is bounded and fit for printing`() async throws {
        let own = try #require(try facts("hostile"))
        #expect(own.subject == "]0;owned cloud.test" && own.names.count == 5)
        #expect(own.names[0] == "[31mred.test" && own.names.allSatisfy { $0.count <= 100 })
        try await Way.with(tls: ServerTLS("hostile")) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.tls(.otherHost(names: own.names)), mayHaveLeft: false))
            for text in [problem.text(of: "h").english, problem.text(of: "h").korean] {
                #expect(text.count < 700 && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
            }
        }
    }

    private func facts(_ name: String) throws -> CertificateFacts? {
        // DER is what stands between the lines, in base64.
        let lines = String(decoding: try Fixtures.bytes("tls/\(name).pem"), as: UTF8.self).split(separator: "\n")
        let der = try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined()))
        return Array(der).withUnsafeBufferPointer { CertificateFacts(der: $0) }
    }

    @Test func `bytes that are no certificate are none`() throws {
        for bytes in [[], [0x30, 0x82, 0xFF, 0xFF], Array("text".utf8)] as [[UInt8]] {
            #expect(bytes.withUnsafeBufferPointer { CertificateFacts(der: $0) } == nil)
        }
    }

    @Test(arguments: [
        (1120, false, TLSFailure.noHTTP1), (235, false, .noHTTP1), (1040, false, .refused),
        (1040, true, .clientCertificate),
        (1112, false, .refused), (294, false, .ended), (258, false, .version), (77, false, .other("words")),
    ])
    func `OpenSSL's numbers are read`(_ reason: Int32, _ wasAsked: Bool, _ failure: TLSFailure) {
        #expect(TLSFailure(reason: reason, wasAskedForCertificate: wasAsked, words: "words") == failure)
    }

    @Test func `a server that speaks HTTP/2 only is named`() async throws {
        // SETTINGS, as such a server begins.
        let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        try await Way.with(server: { _ in .data(settings) }) { way in
            let problem = try await way.problem()
            #expect(problem == TransportProblem(.notHTTP, mayHaveLeft: true))
        }
    }

    @Test func `each has words in both languages`() {
        let failures = Self.cases.map(\.failure) + [.noHTTP1, .refused, .ended, .certificate("w"), .other("w")]
        let texts = failures.map(\.text)
        #expect(Set(texts.map(\.english)).count == failures.count)
        #expect(Set(texts.map(\.korean)).count == failures.count)
        #expect(TLSFailure.unknownAuthority("x").advice?.english.contains("`ca_file`") == true)
        #expect(TLSFailure.unknownAuthority("x").advice?.korean.contains("`ca_file`") == true)
    }

    @Test func `a file of certificates that cannot be read is said before anything is sent`() async throws {
        try await Way.with(trusting: "tls/cloud-key.pem") { way in
            let problem = try await way.problem()
            guard case .trustRoots(let reason) = problem.kind else {
                Issue.record("\(problem)")
                return
            }
            #expect(reason.reason == .holdsNone && !problem.mayHaveLeft)
            #expect(way.proxy.connections == 0)
        }
    }
}
