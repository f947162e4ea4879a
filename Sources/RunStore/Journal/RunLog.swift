import Clocks
import GRDB
public import IwinvCatalog
import IwinvWire
import Synchronization

/// The journal of one run while this process has it.
///
/// Entries stand in the order in which ``note(_:)`` and ``commit(_:)`` were called, from whatever threads.
///
/// Once a write has failed (the disk is full, say) the log is broken: every later commit throws the same error at once, and
/// notes are dropped and counted. A run that cannot be written down makes no changes.
public final class RunLog: Sendable {
    private struct State {
        var next: Int64
        var failure: StoreError?
        /// It was ended or let go of.
        var isOver = false
        var dropped = 0
        var isStopRequested = false
        /// As it is on disk; belongs to the writer.
        var tally: RunTally
    }

    public let id: String
    /// Counts the runs of the journal.
    public let number: Int64
    private let state: Mutex<State>
    private let clock: any HostClock
    private let writer: JournalWriter

    init(_ tally: RunTally, clock: any HostClock, writer: JournalWriter) {
        id = tally.id
        number = tally.number
        state = Mutex(State(next: tally.entries, tally: tally))
        self.clock = clock
        self.writer = writer
    }

    /// What keeps this log from being written.
    public var failure: StoreError? { state.withLock(\.failure) }

    /// How many notes were lost since the log broke.
    public var dropped: Int { state.withLock(\.dropped) }

    /// Whether somebody had asked the run to stop when something was last written; ``lookForStop()`` looks anew.
    public var isStopRequested: Bool { state.withLock(\.isStopRequested) }

    /// Adds an event; it reaches the disk with the next commit at the latest, or when many wait. Never blocks.
    ///
    /// - Returns: The entry's place in the run.
    @discardableResult
    public func note(_ event: JournalEvent) -> UInt64 {
        UInt64(bitPattern: enqueue(event))
    }

    /// Adds an event, and returns when it and all before it are on disk. Goes through even if the calling task is cancelled.
    ///
    /// - Throws: ``StoreError``. `.stopRequested` only for ``JournalEvent/sending(call:attempt:)``: then
    ///   ``JournalEvent/withheld(call:attempt:)`` is written instead. After any error nothing may leave.
    public func commit(_ event: JournalEvent) async throws(StoreError) {
        try await commit(event, texts: [])
    }

    private func commit(_ event: JournalEvent, texts: [(hash: String, body: String)]) async throws(StoreError) {
        let result = await withCheckedContinuation { _ = enqueue(event, texts: texts, waiter: $0) }
        try result.get()
    }

    /// Puts texts aside; on disk when this returns.
    ///
    /// - Returns: The SHA-256 under which each is kept.
    public func keep(_ texts: [String]) async throws(StoreError) -> [String] {
        let kept = texts.map { (hash: SHA256.hex($0), body: $0) }
        try await commit(.kept(texts: kept.map(\.hash)), texts: kept)
        return kept.map(\.hash)
    }

    /// Returns when all that was noted is on disk.
    public func flush() async throws(StoreError) {
        let result = await withCheckedContinuation { _ = enqueue(nil, waiter: $0) }
        try result.get()
    }

    /// Ends the run; nothing can be written after.
    ///
    /// - Parameters:
    ///   - ending: The caller's word: `done`, `failed`, …
    ///   - report: The run's document.
    public func end(_ ending: String, report: JSONValue) async throws(StoreError) {
        try await commit(.ended(ending: ending, report: report))
    }

    /// Lets go of the run without ending it: it counts as cut and can be taken up again.
    public func letGo() async {
        try? await flush()
        let (id, holder) = (id, writer.store.holder.description)
        state.withLock { $0.isOver = true }
        // If this fails, the end of the process lets go as well.
        try? await writer.store.write { db in
            try db.execute(sql: "DELETE FROM holder WHERE run = ? AND holder = ?", arguments: [id, holder])
            if db.changesCount > 0 { try db.execute(sql: "DELETE FROM stop WHERE run = ?", arguments: [id]) }
        }
    }

    /// Whether somebody has asked the run to stop: one indexed read.
    public func lookForStop() async throws(StoreError) -> Bool {
        let id = id
        let isRequested = try await writer.store.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM stop WHERE run = ?)", arguments: [id]) ?? false
        }
        if isRequested { state.withLock { $0.isStopRequested = true } }
        return isRequested
    }

    // MARK: With the writer

    /// - Returns: The place of the event, or of the next one.
    private func enqueue(
        _ event: JournalEvent?, texts: [(hash: String, body: String)] = [], waiter: JournalWriter.Waiter? = nil
    ) -> Int64 {
        // Encoded before anybody is kept waiting.
        let entry = event.map { (event: $0, record: EntryRecord($0, sequence: 0, at: clock.now)) }
        let (place, problem) = state.withLock { state -> (Int64, StoreError?) in
            let place = state.next
            if let problem = state.failure ?? (state.isOver ? writer.store.error(.runOver, id) : nil) {
                state.dropped += waiter == nil ? 1 : 0
                return (place, problem)
            }
            var item = JournalWriter.Item(log: self, entry: entry, texts: texts, waiter: waiter)
            item.entry?.record.sequence = place
            // Under the lock, so that places are in the order of the queue.
            guard writer.enqueue(item) else {
                let problem = writer.store.error(.busy, "too much waits to be written")
                state.failure = problem
                state.dropped += 1
                return (place, problem)
            }
            if entry != nil { state.next += 1 }
            if case .ended = event { state.isOver = true }
            return (place, nil)
        }
        if let problem { waiter?.resume(returning: .failure(problem)) }
        return place
    }

    /// As it is on disk; ``advance(to:isStopRequested:)`` gives it back. Not copied: it knows every call. Of a log that
    /// breaks meanwhile nobody needs it any more.
    func takeTally() -> RunTally {
        state.withLock { state in
            var tally = RunTally(id: id)
            swap(&tally, &state.tally)
            return tally
        }
    }

    func advance(to tally: RunTally, isStopRequested: Bool) {
        state.withLock { state in
            state.tally = tally
            state.isStopRequested = state.isStopRequested || isStopRequested
        }
    }

    func fail(_ problem: StoreError, losing notes: Int) {
        state.withLock { state in
            state.failure = state.failure ?? problem
            state.dropped += notes
        }
    }
}
