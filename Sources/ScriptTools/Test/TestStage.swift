import Clocks
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvTesting
import LuaRuntime
import ScriptHost
import Synchronization

/// What one test has: a cloud of its own, and what was done in it. While a file's tests are listed there is no cloud.
final class TestStage: Sendable {
    struct Declaration: Sendable {
        var name: String
        var line: Int
        /// It has no function.
        var isEmpty: Bool
    }

    struct SentCall: Sendable {
        var operation: OperationName
        var value: LuaValue
    }

    private struct State {
        var declarations: [Declaration] = []
        var isRunning = false
        var calls: [SentCall] = []
        var notes: [String] = []
        var printed: [String] = []
    }

    let file: TestFile
    private let simulated: SimulatedCloud?
    private let state = Mutex(State())

    init(_ file: TestFile, cloud: SimulatedCloud?) {
        self.file = file
        simulated = cloud
    }

    var declarations: [Declaration] { state.withLock(\.declarations) }
    /// The runs that did not end well.
    var notes: [String] { state.withLock(\.notes) }
    var printed: [String] { state.withLock(\.printed) }
    var calls: [SentCall] { state.withLock(\.calls) }

    func declare(_ declaration: Declaration) { state.withLock { $0.declarations.append(declaration) } }
    func begin() { state.withLock { $0.isRunning = true } }
    func note(_ text: String) { state.withLock { $0.notes.append(text) } }
    func printed(_ line: String) { state.withLock { $0.printed.append(line) } }

    /// A request that a script under test has sent.
    func sent(_ report: AttemptReport) {
        let attempt = report.attempt
        var arguments = attempt.arguments.values
        let operation = Catalog.iwinv[attempt.operation]
        if let mask = arguments["fields"]?.integerValue {
            // What a script did not ask for itself is no argument of its call.
            arguments["fields"] =
                mask == operation?.defaultFields
                ? nil : .array((operation?.row?.names(in: mask) ?? []).map(JSONValue.string))
        }
        var members: [String: LuaValue] = [
            "operation": .string("\(attempt.operation)"), "arguments": LuaValue(.object(arguments)),
            "attempt": .integer(Int64(attempt.number)),
        ]
        members["page"] = attempt.page.map { .integer(Int64($0)) }
        members["status"] = report.status.map { .integer(Int64($0)) }
        members["error"] = report.error.map { .string($0.message) }
        state.withLock { $0.calls.append(SentCall(operation: attempt.operation, value: .object(members))) }
    }

    /// The cloud, for a test that runs.
    ///
    /// - Throws: a ``LuaError`` outside of tests: there would be none to undo it for the next.
    func cloud(_ name: String) throws(LuaError) -> SimulatedCloud {
        guard let simulated, state.withLock(\.isRunning) else {
            throw LuaError(.host, "\(name) stands inside `it` or `before_each`: each test has a cloud of its own")
        }
        return simulated
    }
}
