import Clocks
import Foundation
import GRDB
import IwinvWire
@testable import RunStore
import Testing

/// A folder that goes away with its test.
final class Scratch: Sendable {
    let path = NSTemporaryDirectory() + "iwlua-store-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct BudgetLedgerTests {
    private let scratch = Scratch()
    private let clock = VirtualClock(start: Instant(seconds: 0))

    private func ledger(
        _ number: Int = 1, limit: Int = 2, account: String = "a", boot: String = "b1", dead: BudgetHolder? = nil
    ) async throws -> BudgetLedger {
        try await BudgetLedger.open(
            folder: scratch.path, account: account, terms: terms(limit), clock: clock, holder: holder(number),
            boot: boot,
            fate: { $0 == dead ? .dead : .alive })
    }

    private let one = BudgetDemand(run: "r", isSchedule: false, wanted: 1)

    @Test func `two on one file see each other's slots, two accounts do not`() async throws {
        let (first, second) = (try await ledger(1), try await ledger(2))
        let a = try await first.exchange(demand: one)
        let b = try await second.exchange(demand: one)
        #expect(a.grants.count == 1 && b.grants.count == 1 && a.grants != b.grants)
        clock.advance(by: .seconds(3))
        let c = try await first.exchange(demand: one)
        #expect(c.grants.isEmpty && c.lookAgain == .seconds(63))
        #expect(try await ledger(3, account: "other").exchange(demand: one).grants.count == 1)
        let back = BudgetReturn(grant: b.grants[0], outcome: .sent, at: .seconds(3))
        _ = try await second.exchange(returns: [back])
        clock.advance(by: .seconds(60))
        #expect(try await first.exchange(demand: one).grants.count == 1)
    }

    @Test func `what is written is what was decided`() async throws {
        let (first, second) = (try await ledger(1), try await ledger(2))
        var grants: [Int64] = []
        for step in 0..<20 {
            clock.advance(by: .seconds(7))
            let returns = grants.map {
                BudgetReturn(
                    grant: $0, outcome: step == 9 ? .limited(retryAfter: .seconds(9)) : .sent, at: clock.elapsed)
            }
            let demand = BudgetDemand(run: "r\(step % 3)", isSchedule: step % 2 == 0, wanted: step % 4)
            let answer = try await first.exchange(returns: returns, demand: demand)
            grants = answer.grants
            #expect(try await second.exchange().table == answer.table)
        }
    }

    @Test func `a block is kept with what was asked for, and lifted for all`() async throws {
        let (first, second) = (try await ledger(1), try await ledger(2))
        let grant = try await first.exchange(demand: one).grants[0]
        _ = try await first.exchange(
            returns: [BudgetReturn(grant: grant, outcome: .limited(retryAfter: .seconds(9000)), at: .zero)])
        #expect(try await second.exchange().table.block == RequestBlock(until: .seconds(300), wish: .seconds(9000)))
        _ = try await second.exchange(lifts: true)
        #expect(try await first.exchange().table.block == RequestBlock())
    }

    @Test func `the file and its companions are for the owner alone`() async throws {
        let ledger = try await ledger()
        _ = try await ledger.exchange(demand: one)
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(files == ["budget.sqlite", "budget.sqlite-shm", "budget.sqlite-wal"])
        for (name, mode) in [("", 0o700)] + files.map({ ($0, 0o600) }) {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
        }
        withExtendedLifetime(ledger) {}
    }

    @Test func `an empty file becomes a budget, and many may open it at once`() async throws {
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: scratch.path + "/budget.sqlite", contents: nil))
        let granted = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...8 {
                group.addTask { [self] in try await ledger(number, limit: 5).exchange(demand: one).grants.count }
            }
            return try await group.reduce(0, +)
        }
        #expect(granted == 5)
    }

    @Test func `the slots of a dead process are taken over`() async throws {
        _ = try await ledger(1).exchange(demand: BudgetDemand(run: "", isSchedule: false, wanted: 5))
        let answer = try await ledger(2, dead: holder(1)).exchange(demand: one)
        #expect(answer.grants.isEmpty && answer.lookAgain == .seconds(60) && answer.table.tickets.count == 1)
    }

    @Test func `rows of an earlier start of the machine count until a minute from this one`() async throws {
        clock.advance(by: .seconds(5000))
        _ = try await ledger(1).exchange(demand: BudgetDemand(run: "", isSchedule: false, wanted: 5))
        let later = VirtualClock(start: Instant(seconds: 0))
        let ledger = try await BudgetLedger.open(
            folder: scratch.path, account: "a", terms: terms(2), clock: later, holder: holder(2), boot: "b2")
        let early = try await ledger.exchange(demand: one)
        #expect(early.grants.isEmpty && early.lookAgain == .seconds(60))
        later.advance(by: .seconds(60))
        #expect(try await ledger.exchange(demand: one).grants.count == 1)
    }

    @Test func `a file that is no database, a newer one and a folder that cannot be made say what to do`() async throws
    {
        _ = try await ledger()
        let path = scratch.path + "/budget.sqlite"
        try await DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from-the-future')")
        }
        let newer = try await #require(throws: StoreError.self) { try await ledger() }
        #expect(newer.code == .newer)
        for each in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + each) }
        try Data(repeating: 0x41, count: 5000).write(to: URL(fileURLWithPath: path))
        let corrupt = try await #require(throws: StoreError.self) { try await ledger() }
        #expect(corrupt.code == .corrupt && corrupt.description.contains("delete it") && corrupt.path == path)
        let inFile = try await #require(throws: StoreError.self) {
            try await BudgetLedger.open(folder: path + "/below", account: "a", terms: terms(1), clock: clock)
        }
        #expect(inFile.code == .unwritable && inFile.description.contains("IWLUA_STATE"))
    }
}
