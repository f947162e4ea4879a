import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
package import LuaRuntime
package import RunStore
package import ScriptHost

/// A run of a script on the replies that another run had; nothing is asked.
package struct RecordedReplay: Sendable {
    private let header: RunHeader
    private let history: RunHistory
    private let tape: Tape

    /// - Throws: ``TapeProblem`` for a history that cannot be replayed.
    package init(_ history: RunHistory) throws {
        guard let header = history.header else { throw ScriptProblem("the recording says nothing of its run") }
        self.header = header
        self.history = history
        tape = try Tape(history, goesOn: false)
    }

    /// - Parameter follow: waits for the end of the run, and says what there is to say.
    package func run<Result: Sendable>(
        _ script: Script, execution: LuaExecution, limits: LuaLimits, follow: (ScriptRun) async -> Result
    ) async throws -> Result {
        let clock = VirtualClock(start: header.clockStart)
        let client = try Self.unreachable(clock)
        var host = ScriptHost(client: client, clock: clock, limits: limits)
        host.execution = execution
        // What the run was let do is done again without the cloud.
        let grants = (header.grants + history.granted).compactMap { try? Grant($0) }
        var options = RunOptions(rules: .program(grants: grants, protected: []), seed: header.seed)
        options.tape = tape
        let run = host.start(script, parameters: header.parameters.objectValue ?? [:], options: options)
        let result = await follow(run)
        try? await client.shutdown()
        return result
    }

    /// A client for those who call nobody.
    static func unreachable(_ clock: any HostClock) throws -> IwinvClient {
        IwinvClient(
            ClientConfiguration(
                credential: try Credential(accessKey: "recording", secretKey: "recording"),
                endpoint: try Endpoint(validating: "http://127.0.0.1:1")), budget: UnlimitedBudget(), clock: clock)
    }
}
