import Foundation
import IwinvCatalog
import IwinvWire
import RunStore
import Testing

/// `iwlua approve` and `iwlua approvals`.
@Suite struct ApprovalTests {
    private let account = ["IWINV_ACCESS_KEY": "simulated-access-key", "IWINV_SECRET_KEY": "simulated-secret-key"]

    @Test func `an approval is made, listed and taken back, and holds no key`() async throws {
        let place = try await HistoryScratch()
        defer { place.iwlua.remove() }
        let environment = place.environment.merging(account) { $1 }
        let script = Iwlua.automation("bulk-rename.lua")
        let words = ["approve", script, "--param", "from=web-", "--param", "to=www-"]
        let refused = try await place.iwlua.run(words, environment: environment)
        #expect(refused.status == 2 && refused.errors.contains("add --allow \"instances:edit\""), "\(refused.errors)")
        let made = try await place.iwlua.run(
            words + ["--allow", "instances:edit", "--max-changes", "60"], environment: environment)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("parameter  from = web-\n") && made.output.contains("limit      changes = 60\n"))
        let approval = try #require(try await place.journal.approvals().first)
        let terms = try #require(ApprovalTerms(json: approval.body))
        #expect(terms.id == approval.id && terms.grants == ["instances:edit"] && terms.profile == "environment")
        #expect(terms.text == SHA256.hex(try String(contentsOfFile: script, encoding: .utf8)))
        let listed = try await place.run("approvals", "--output", "json")
        #expect(try listed.json.arrayValue?.first?["id"] == .string(approval.id))
        let table = try await place.run("approvals", "--lang", "ko")
        #expect(table.output.contains("bulk-rename.lua") && table.output.contains("권한"))
        for text in [made.output, made.errors, listed.output, table.output] {
            #expect(!text.contains("simulated-secret-key") && !text.contains("simulated-access-key"))
        }
        let unknown = try await place.run("approvals", "remove", "zzz")
        #expect(unknown.status == 2)
        let removed = try await place.run("approvals", "remove", String(approval.id.prefix(4)))
        #expect(removed.status == 0 && removed.errors.contains(approval.id))
        #expect(try await place.journal.approvals() == [])
        #expect(try await place.run("approvals").errors == "no approvals\n")
    }
}
