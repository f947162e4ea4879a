import Clocks
import RunStore

/// The journal in the state folder.
enum RunJournals {
    /// - Throws: ``UsageError``.
    static func open(_ settings: Settings) async throws(UsageError) -> Journal {
        let folder = StateFolder.path(settings.environment)
        return try await reporting { () async throws(StoreError) in try await Journal.open(folder: folder) }
    }

    /// Work with the journal, whose failures are told to the person.
    static func reporting<Value: Sendable>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(UsageError) -> Value {
        do { return try await work() } catch { throw UsageError("\(error)", isAboutStore: true) }
    }

    /// Takes away what is older than the person wants to keep; a run has not failed because this does.
    static func tidy(_ journal: Journal, _ settings: Settings) async {
    }
}
