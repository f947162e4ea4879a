import TestSupport
import IwinvCatalog
import IwinvClient
import IwinvWire
import Testing

/// Whatever is printed, described or dumped: no secret key and no signature.
@Suite struct SecrecyTests {
    private func texts(_ value: some Any) -> String {
        var text = "\(value)\n" + String(reflecting: value) + "\n"
        dump(value, to: &text)
        return text
    }

    private func expectClean(_ text: String, _ bench: Bench) {
        #expect(!text.contains(testSecret) && !text.contains("the-secret-key"))
        for sent in bench.transport.sent {
            if let signature = sent.headers["X-iwinv-Signature"] { #expect(!text.contains(signature)) }
        }
    }

    @Test func `client and configuration show no key`() async throws {
        let bench = try Bench { _, _ in .rows([]) }
        _ = try await bench.perform("zones.list")
        expectClean(texts(bench.client) + texts(bench.client.configuration) + texts([bench.client]), bench)
        #expect(!texts(bench.client.configuration).contains(testAccess))
    }

    @Test(arguments: RetryTests.cases) func `nor does any error or report`(_ example: RetryTests.Case) async throws {
        let bench = try Bench { _, _ in example.answer }
        let reports = Box<[AttemptReport]>([])
        let hooks = CallHooks(
            beforeSend: { info in reports.change { $0.append(AttemptReport(attempt: info)) } },
            onAttempt: { report in reports.change { $0.append(report) } })
        let error = try await #require(throws: CloudError.self) { try await bench.perform("zones.list", hooks: hooks) }
        expectClean(texts(error) + texts(reports.value), bench)
    }

    @Test func `a row prints its identifier only, and a secret only on demand`() async throws {
        let body = try Fixtures.bytes("examples/edit_instance.json")
        let bench = try Bench { _, _ in .success(TransportReply(status: 200, body: body)) }
        let instance = try await bench.client.instances.get(
            "INSTANCE-z3oB3PugYnKmmyxKyGzr9", fields: ["default_account", "vnc"])
        let account = try #require(instance.account)
        let console = try #require(instance.console)
        let text = texts(instance) + texts(account) + texts(console) + texts(account.password) + texts([instance])
        #expect(!text.contains("/XXX=00X") && !text.contains("token") && text.contains("‹secret›"))
        #expect("\(instance)" == "Instance(INSTANCE-z3oB3PugYnKmmyxKyGzr9)")
        #expect(account.password?.reveal() == "/XXX=00X" && account.username == "root")
        #expect(console.link?.reveal().contains("token") == true)
    }
}
