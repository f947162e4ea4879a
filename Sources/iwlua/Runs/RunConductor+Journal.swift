import Clocks
import IwinvCatalog
import RunStore
import ScriptHost

extension CloudSession {
    /// The journal of this session's runs; nil for a simulated cloud, which ends with this process: there is nothing that
    /// could go on, or be taken back.
    func journal(_ settings: Settings) async throws(UsageError) -> Journal? {
        isSimulated ? nil : try await settings.journal()
    }
}

extension RunConductor {
    /// Runs to the end, written down if there is a journal. The session is closed then, whatever happens.
    func conduct(
        _ script: Script, _ parameters: [String: JSONValue], _ options: RunOptions, _ limits: LimitOptions,
        in journal: Journal?, kind: String = "run", parent: String? = nil, _ settings: Settings
    ) async throws -> RunReport {
        var options = options
        let host: ScriptHost
        do {
            host = try self.host(limits.sandbox)
            if let journal {
                let begun = options
                options.log = try await RunJournals.reporting { () async throws(StoreError) in
                    try await journal.begin(
                        script, parameters: parameters, options: begun, kind: kind, profile: session.name,
                        account: session.account, limits: limits.record, tool: Iwlua.version, parent: parent,
                        clock: session.clock)
                }
            }
        } catch {
            session.close()
            throw error
        }
        let report = await conduct(script, parameters, on: host, options)
        if let journal { await RunJournals.tidy(journal, settings) }
        return report
    }
}
