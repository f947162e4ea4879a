import Clocks
import GRDB
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct ApprovalTermsTests {
    private let terms = ApprovalTerms(
        script: "rename.lua", text: "f00", modules: ["lib": "f01"], parameters: ["to": "www"], profile: "prod",
        account: "https://api.test 9f86", grants: ["instances:edit", "instances:power"], limits: ["changes": 50],
        protected: ["db-*"])

    @Test func `a change of anything asks again, the script's name excepted`() {
        #expect(terms.cover(terms))
        let changes: [(inout ApprovalTerms) -> Void] = [
            { $0.text = "f02" }, { $0.modules = [:] }, { $0.modules["lib"] = "f02" }, { $0.modules["more"] = "f01" },
            { $0.parameters = ["to": "ww"] }, { $0.parameters = [:] }, { $0.profile = "test" }, { $0.account = "a" },
            { $0.grants.insert("instances:destroy") }, { $0.grants.remove("instances:edit") },
            { $0.limits = ["changes": 51] }, { $0.limits = [:] },
        ]
        for (index, change) in changes.enumerated() {
            var run = terms
            change(&run)
            #expect(!terms.cover(run), "change \(index)")
            #expect(run.id != terms.id, "change \(index)")
        }
        var moved = terms
        moved.script = "other.lua"
        #expect(terms.cover(moved))
    }

    @Test func `more may be protected than when the approval was given, and not less`() {
        var run = terms
        run.protected.insert("web-01")
        #expect(terms.cover(run))
        run.protected = ["web-01"]
        #expect(!terms.cover(run))
        run.protected = []
        #expect(!terms.cover(run))
        // An approval of 0.1.0 does not say what was protected.
        var earlier = terms
        earlier.protected = []
        #expect(earlier.json["protected"] == nil && earlier.cover(terms))
    }

    @Test func `a limit that only the run has makes it the stricter one`() {
        var run = terms
        run.limits = ["changes": 50, "require_jail": true]
        #expect(terms.cover(run))
        #expect(!run.cover(terms))
    }

    @Test func `a run that asks for no grants has those of its approval`() {
        var run = terms
        run.grants = []
        #expect(terms.cover(run))
        // And not the other way round: leave to read is no leave to change.
        #expect(!run.cover(terms))
    }

    @Test func `it is read back as it was, and another version's is none`() throws {
        #expect(ApprovalTerms(json: terms.json) == terms)
        var members = try #require(terms.json.objectValue)
        members["format"] = 2
        #expect(ApprovalTerms(json: .object(members)) == nil)
        members["format"] = 1
        members["grants"] = [1]
        #expect(ApprovalTerms(json: .object(members)) == nil)
    }

    @Test func `the journal finds the newest that covers a run, until it is taken back`() async throws {
        let place = JournalScratch()
        let journal = try await place.journal()
        var narrow = terms
        narrow.grants = ["instances:edit"]
        let first = try await journal.approve(narrow, at: place.clock.now)
        let second = try await journal.approve(terms, at: place.clock.now + .seconds(1))
        // The same once more is no third.
        try await journal.approve(narrow, at: place.clock.now + .seconds(2))
        #expect(try await journal.approvals().map(\.id) == [second, first])
        var run = terms
        run.grants = []
        #expect(try await journal.approval(matching: run)?.terms == narrow)
        #expect(try await journal.approval(matching: terms)?.approval.id == second)
        try await journal.forget(first, at: place.clock.now)
        #expect(try await journal.approval(matching: run)?.terms == terms)
        run.profile = "test"
        #expect(try await journal.approval(matching: run) == nil)
        #expect(try await journal.verify().faults == [])
    }

    @Test func `an edited approval is no approval`() async throws {
        let place = JournalScratch()
        let journal = try await place.journal()
        try await journal.approve(terms, at: place.clock.now)
        try await place.database().write { try $0.execute(sql: "UPDATE approval SET body = replace(body, '50', '90')") }
        let error = await #expect(throws: StoreError.self) { _ = try await journal.approval(matching: terms) }
        #expect(error?.code == .altered)
    }
}
