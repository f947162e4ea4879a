import Clocks
import RunStore
import ScriptHost

/// Runs and their journal.
enum RunJournals {
    /// A run and its texts, by its name or the beginning of it.
    static func recorded(_ name: String, in journal: Journal) async throws -> RecordedRun {
        let entries = try await reporting { () async throws(StoreError) in
            try await journal.entries(of: try await journal.find(name).id)
        }
        do { return try await RecordedRun(entries, in: journal) } catch { throw UsageError(error) }
    }

    /// Work with the journal, whose failures are told to the person.
    static func reporting<Value: Sendable>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(UsageError) -> Value {
        do { return try await work() } catch { throw UsageError(error) }
    }

    /// Takes away what is older than the person wants to keep; a run has not failed because this does.
    static func tidy(_ journal: Journal, _ settings: Settings) async {
        do {
            let retention = try settings.retention()
            try await reporting { () async throws(StoreError) in
                _ = try await journal.prune(retention, at: SystemClock().now)
            }
        } catch {
            Terminal.error("iwlua: old runs stay in the journal: \(error)\n")
        }
    }
}
