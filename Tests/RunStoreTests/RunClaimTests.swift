import Clocks
import GRDB
import IwinvCatalog
@testable import RunStore
import Testing

/// What only one run may do: the look and the claim are one transaction.
@Suite struct RunClaimTests {
    private let place = JournalScratch()
    private let claim = RunClaim.plan("f00", account: "https://api.test 9f86", isOnce: true)

    private func begin(
        _ id: String, _ journal: Journal, _ claims: [RunClaim],
        makes: @escaping @Sendable (RunHistory) -> Bool = { _ in true }
    ) async throws(StoreError) -> RunLog {
        try await journal.begin(place.header, id: id, claims: claims, makes: makes, clock: place.clock)
    }

    private func conflict(_ id: String, _ journal: Journal, _ claim: RunClaim) async -> ClaimConflict? {
        do {
            _ = try await begin(id, journal, [claim])
            return nil
        } catch {
            guard case .claimed(let conflict) = error.code else { return nil }
            return conflict
        }
    }

    @Test func `of many that claim one thing at once, in two processes, one has it`() async throws {
        let journals = [try await place.journal(), try await place.journal()]
        let begun = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    (try? await begin("r\(number)", journals[number % 2], [.plan("f00", account: "a", isOnce: false)]))
                        != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(begun == 1)
        #expect(try await journals[0].runs().count == 1)
    }

    @Test func `what was done once is refused for good, also when its record is gone`() async throws {
        let journal = try await place.journal()
        let first = try await begin("first", journal, [claim])
        #expect(await conflict("second", journal, claim) == ClaimConflict(run: "first", state: .underway))
        try await first.end("done", report: [:])
        #expect(await conflict("second", journal, claim) == ClaimConflict(run: "first", state: .done))
        try await journal.prune(Retention(count: 0), at: place.clock.now)
        #expect(await conflict("second", journal, claim) == ClaimConflict(run: "first", state: .pruned))
        #expect(try await journal.verify().faults == [])
    }

    @Test func `an interrupted run keeps its claim; one that ended without doing it passes it on`() async throws {
        let journal = try await place.journal()
        await (try begin("first", journal, [claim])).letGo()
        #expect(await conflict("second", journal, claim) == ClaimConflict(run: "first", state: .interrupted))
        let (again, _) = try await journal.reopen("first", clock: place.clock)
        try await again.end("denied", report: [:])
        _ = try await begin("second", journal, [claim], makes: { _ in false })
        #expect(try await journal.claimant(of: claim.subject) == "second")
        #expect(try await journal.verify().faults == [])
    }

    @Test func `nothing is migrated under a living process of an earlier version`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "living", clock: place.clock)
        try await place.database().write { db in
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'journal-2'; DROP TABLE claim")
        }
        let error = await #expect(throws: StoreError.self) { try await place.journal() }
        #expect(error?.code == .older)
        try await log.end("done", report: [:])
        _ = try await place.journal()
    }
}
