import GRDB
import Synchronization

/// Writes what the runs of this process have to say: all that waits goes into one transaction.
final class JournalWriter: Sendable {
    /// Told when what it waits for is on disk, or will never be.
    typealias Waiter = CheckedContinuation<Result<Void, StoreError>, Never>

    /// An event on its way to the disk.
    struct Item: Sendable {
        var log: RunLog
        /// Nil only asks for what came before to be written.
        var entry: (event: JournalEvent, record: EntryRecord)?
        var texts: [(hash: String, body: String)] = []
        /// Nobody waits for a note.
        var waiter: Waiter?
    }

    /// Notes are written when so many wait, or so many bytes.
    static let noteLimit = 256
    static let byteLimit = 65_536
    /// A disk that hangs must not fill the memory.
    static let backlogLimit = 256 << 20

    private struct State {
        var items: [Item] = []
        var bytes = 0
        var isDraining = false

        var isFull: Bool { items.count >= noteLimit || bytes >= byteLimit }
    }

    let store: JournalStore
    private let state = Mutex(State())

    init(_ store: JournalStore) {
        self.store = store
    }

    /// - Returns: False if too much waits already.
    func enqueue(_ item: Item) -> Bool {
        let (isTaken, starts) = state.withLock { state in
            guard item.waiter != nil || state.bytes < Self.backlogLimit else { return (false, false) }
            state.items.append(item)
            state.bytes += item.entry?.record.body.count ?? 0
            guard !state.isDraining, item.waiter != nil || state.isFull else { return (true, false) }
            state.isDraining = true
            return (true, true)
        }
        if starts { drain() }
        return isTaken
    }

    /// Writes until nobody waits.
    private func drain() {
        store.queue.asyncWriteWithoutTransaction { [self] db in
            let items = state.withLock { state in
                defer { (state.items, state.bytes) = ([], 0) }
                return state.items
            }
            write(items, db)
            let goesOn = state.withLock { state in
                state.isDraining = state.isFull || state.items.contains { $0.waiter != nil }
                return state.isDraining
            }
            if goesOn { drain() }
        }
    }

    private func write(_ items: [Item], _ db: Database) {
        // By run, in the order of their coming; a batch is mostly of one.
        var batches: [RunBatch] = []
        var indices: [ObjectIdentifier: Int] = [:]
        for item in items {
            if let index = indices[ObjectIdentifier(item.log)] {
                batches[index].items.append(item)
            } else {
                indices[ObjectIdentifier(item.log)] = batches.count
                batches.append(RunBatch(item.log, item))
            }
        }
        let result = JournalStore.transaction(db, store.file) { db in
            for index in batches.indices { try batches[index].write(store, db) }
        }
        for batch in batches { batch.finish(result) }
    }
}
