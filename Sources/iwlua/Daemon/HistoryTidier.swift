import Clocks
import RunStore
import Synchronization

/// Takes away what is older than the person wants to keep, once an hour at most.
final class HistoryTidier: Sendable {
    private let journal: Journal
    private let ledger: ScheduleLedger
    private let environment: [String: String]
    private let last = Mutex<Duration?>(nil)

    init(journal: Journal, ledger: ScheduleLedger, environment: [String: String]) {
        self.journal = journal
        self.ledger = ledger
        self.environment = environment
    }

    @Sendable func tidy() async {
        let clock = SystemClock()
        let isDue = last.withLock { last in
            if let last, clock.elapsed - last < .seconds(3600) { return false }
            last = clock.elapsed
            return true
        }
        guard isDue, let settings = try? Settings(environment: environment) else { return }
        await RunJournals.tidy(journal, settings)
        guard let age = try? settings.retention().age else { return }
        // What cannot be taken away now is taken away an hour later.
        try? await ledger.prune(before: clock.now + (.zero - age))
    }
}
