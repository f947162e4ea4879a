import Clocks
import Foundation
import GRDB
import IwinvCatalog
@testable import RunStore
import Testing

@Suite struct JournalTests {
    private let place = JournalScratch()

    @Test func `what was noted and committed is there in its order, with its times`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", texts: ["print(1)"], clock: place.clock)
        place.clock.advance(by: .seconds(2))
        #expect(log.note(.drawn(name: "time.now", value: 12)) == 1)
        try await log.commit(.sending(call: 1, attempt: 1))
        try await log.end("done", report: ["result": .null])
        let entries = try await journal.entries(of: "r1")
        #expect(entries.map(\.event.kind) == ["begun", "drawn", "sending", "ended"])
        #expect(entries.map(\.sequence) == [0, 1, 2, 3])
        #expect(entries[1].at - entries[0].at == .seconds(2))
        guard case .begun(let header, number: 1, let texts) = entries[0].event else {
            Issue.record("not begun")
            return
        }
        #expect(header == place.header)
        #expect(try await journal.text(try #require(texts.first)) == "print(1)")
        #expect(try await journal.verify().faults == [])
    }

    @Test func `the file is synced at each commit, and for its owner alone`() async throws {
        let journal = try await place.journal()
        let mode = try await journal.store.write { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
        #expect(mode == 2)
        for name in ["journal.sqlite", "journal.sqlite-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.scratch.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `many commits at once stand whole and in a chain`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for call in 0..<200 as Range<UInt64> { group.addTask { try await place.change(call, log) } }
            try await group.waitForAll()
        }
        try await log.end("done", report: [:])
        let history = RunHistory(try await journal.entries(of: "r1"))
        #expect(history.changes.count == 200 && history.changes.values.allSatisfy { $0.stage == .concluded })
        #expect(Set(history.asked) == Set(0..<200))
        #expect(try await journal.verify().faults == [])
        let run = try await journal.find("last")
        #expect(run.changes == 200 && run.unknown == 0 && run.open == 0 && run.state == .ended("done"))
    }

    @Test func `what runs were answered to reads of a resource is found, the newest first`() async throws {
        let journal = try await place.journal()
        for run in ["r1", "r2"] {
            let log = try await journal.begin(place.header, id: run, clock: place.clock)
            func ask(_ call: UInt64, _ operation: String, _ reply: JSONValue?) {
                log.note(
                    .asked(
                        CallQuestion(
                            call: call, task: 1, name: "iwinv.call", arguments: [.string(operation), [], "all"])))
                if let reply { log.note(.delivered(call: call, .success([reply]))) }
            }
            ask(1, "bill.list", [["bill_id": .string("of \(run)")]])
            // Of another resource, though its arguments name this one; one that failed; one without an answer.
            log.note(
                .asked(CallQuestion(call: 2, task: 1, name: "iwinv.call", arguments: ["zones.list", "\"bill.live\""])))
            log.note(.delivered(call: 2, .success([[]])))
            ask(3, "bill.get", nil)
            log.note(.delivered(call: 3, .failure(["kind": "api"])))
            ask(4, "bill.live", nil)
            try await log.end("done", report: [:])
        }
        let answers = try await journal.answers(of: "bill")
        #expect(answers.map(\.run) == ["r2", "r1"] && answers.allSatisfy { $0.operation == "bill.list" })
        #expect(answers.first?.values == [[["bill_id": "of r2"]]])
        #expect(answers.first?.profile == place.header.profile && answers.first?.account == place.header.account)
        #expect(try await journal.answers(of: "bill", inNewest: 1).map(\.run) == ["r2"])
        #expect(try await journal.answers(of: "bil").isEmpty)
    }

    @Test func `many notes reach the disk by themselves`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        for index in 0..<JournalWriter.noteLimit { log.note(.drawn(name: "n", value: .integer(Int64(index)))) }
        // Comes after what was under way in the queue, and brings nothing along.
        try await journal.store.write { _ in }
        #expect(try await journal.entries(of: "r1").count == 1 + JournalWriter.noteLimit)
        log.note(.drawn(name: "one more", value: 1))
        try await log.flush()
        #expect(try await journal.entries(of: "r1").count == 2 + JournalWriter.noteLimit)
    }

    @Test func `after the end nothing is written`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await log.end("done", report: [:])
        log.note(.stopped(reason: "late"))
        let error = await #expect(throws: StoreError.self) { try await log.commit(.stopped(reason: "late")) }
        #expect(error?.code == .runOver && log.dropped == 1)
        #expect(try await journal.entries(of: "r1").count == 2)
    }

    @Test func `an id is given once, also after retention took its run`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await log.end("done", report: [:])
        try await journal.prune(Retention(count: 0), at: place.clock.now)
        let error = await #expect(throws: StoreError.self) {
            try await journal.begin(place.header, id: "r1", clock: place.clock)
        }
        #expect(error?.code == .runExists)
        #expect(try await journal.begin(place.header, id: "r2", clock: place.clock).number == 2)
    }

    @Test func `a stop from elsewhere keeps the next request from leaving`() async throws {
        let (journal, other) = (try await place.journal(), try await place.journal())
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await place.change(1, log)
        #expect(try await other.requestStop("r1", at: place.clock.now) && !log.isStopRequested)
        #expect(try await log.lookForStop() && log.isStopRequested)
        let error = await #expect(throws: StoreError.self) { try await log.commit(.sending(call: 2, attempt: 1)) }
        #expect(error?.code == .stopRequested)
        // What is not a request is written all the same.
        try await log.commit(.stopped(reason: "iwlua stop"))
        try await log.end("interrupted", report: [:])
        let history = RunHistory(try await journal.entries(of: "r1"))
        #expect(history.changes[2]?.stage == .notSent && history.changes[2]?.attempts == [])
        #expect(try await !other.requestStop("r1", at: place.clock.now))
        #expect(try await journal.verify().faults == [])
    }

    @Test func `a run is taken up again, but not from a living process`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await place.change(1, outcome: "unknown", log)
        let held = await #expect(throws: StoreError.self) { try await place.journal().reopen("r1", clock: place.clock) }
        #expect(held?.code == .runHeld)
        await log.letGo()
        #expect(try await journal.find("r1").state == .cut)
        let (second, entries) = try await journal.reopen("r1", clock: place.clock)
        #expect(entries.last?.event.kind == "delivered" && entries.count == 7)
        #expect(try await journal.find("r1").state == .running)
        try await second.commit(.resumed(script: nil, options: [:]))
        try await second.end("done", report: [:])
        #expect(try await journal.find("r1").state == .ended("done"))
        let (third, _) = try await journal.reopen("r1", clock: place.clock)
        try await third.commit(.resumed(script: nil, options: [:]))
        #expect(try await journal.find("r1").state == .running)
        try await third.end("failed", report: [:])
        let run = try await journal.find("r1")
        #expect(run.state == .ended("failed") && run.changes == 1 && run.unknown == 1)
        #expect(try await journal.verify().faults == [])
    }

    @Test func `a log whose run was taken over writes nothing`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        let other = try await Journal.open(folder: place.scratch.path, fate: { _ in .outOfSight })
        let refused = await #expect(throws: StoreError.self) { try await other.reopen("r1", clock: place.clock) }
        #expect(refused?.code == .runHeld)
        let (taken, _) = try await other.reopen("r1", clock: place.clock, takesOver: true)
        let error = await #expect(throws: StoreError.self) { try await log.commit(.sending(call: 1, attempt: 1)) }
        #expect(error?.code == .runHeld)
        try await taken.end("done", report: [:])
        #expect(try await journal.entries(of: "r1").map(\.event.kind) == ["begun", "ended"])
    }

    @Test func `runs are found by their beginning, and listed by filter`() async throws {
        let journal = try await place.journal()
        for id in ["ab1", "ab2", "a%"] {
            var header = place.header
            header.script = id
            try await journal.begin(header, id: id, clock: place.clock).end("done", report: [:])
        }
        #expect(try await journal.find("ab2").number == 2)
        #expect(try await journal.find("a%").id == "a%")
        #expect(try await journal.find("last").id == "a%")
        let several = await #expect(throws: StoreError.self) { try await journal.find("ab") }
        #expect(several?.code == .ambiguousRun && several?.detail == "ab1, ab2")
        for wrong in ["x", "", "ab_"] {
            let none = await #expect(throws: StoreError.self) { try await journal.find(wrong) }
            #expect(none?.code == .unknownRun)
        }
        #expect(try await journal.runs(limit: 2, offset: 1).map(\.id) == ["ab2", "ab1"])
        #expect(try await journal.runs(RunFilter(script: "ab1")).map(\.id) == ["ab1"])
        #expect(try await journal.runs(RunFilter(isOpen: true)).isEmpty)
    }

    @Test func `approvals hold until they are taken back`() async throws {
        let journal = try await place.journal()
        try await journal.approve("weekly", ["script": "f00"], at: place.clock.now)
        try await journal.approve("daily", ["script": "f01"], at: place.clock.now)
        try await journal.forget("weekly", at: place.clock.now)
        #expect(try await journal.approvals().map(\.id) == ["daily"])
        try await journal.approve("weekly", ["script": "f02"], at: place.clock.now)
        #expect(try await journal.approvals().map(\.body) == [["script": "f01"], ["script": "f02"]])
        #expect(try await journal.verify().faults == [])
    }

    @Test func `retention takes old runs and their texts, and the check knows`() async throws {
        let journal = try await place.journal()
        for number in 0..<25 {
            let log = try await journal.begin(
                place.header, id: "r\(number)", texts: ["shared", "\(number)"], clock: place.clock)
            place.clock.advance(by: .seconds(3600))
            try await log.end("done", report: [:])
        }
        let living = try await journal.begin(place.header, id: "living", clock: place.clock)
        let cut = try await journal.begin(place.header, id: "cut", clock: place.clock)
        try await cut.commit(.sending(call: 1, attempt: 1))
        await cut.letGo()
        let gone = try await journal.prune(Retention(age: .seconds(3600 * 2), count: 4), at: place.clock.now)
        #expect(gone == (0..<23).map { "r\($0)" })
        let rest = try await journal.prune(Retention(count: 0), at: place.clock.now)
        #expect(rest == ["r23", "r24"])
        #expect(try await journal.runs().map(\.id) == ["cut", "living"])
        let check = try await journal.verify()
        #expect(check.faults == [] && check.texts == 0 && check.runs == 2)
        withExtendedLifetime(living) {}
    }

    @Test func `exported lines carry the chain`() async throws {
        let journal = try await place.journal()
        let log = try await journal.begin(place.header, id: "r1", clock: place.clock)
        try await place.change(1, log)
        try await log.end("done", report: [:])
        let lines = Lines()
        try await journal.export("r1") { lines.add($0) }
        let head = try await journal.store.read { try Data.fetchOne($0, sql: "SELECT head FROM run") }
        let hex = head?.map { String(format: "%02x", $0) }.joined()
        #expect(lines.all.count == 8 && lines.all.last?.contains("\"hash\":\"\(hex ?? "")\"") == true)
    }
}
