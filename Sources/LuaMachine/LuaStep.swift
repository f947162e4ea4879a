/// A host call that suspended its task.
public struct LuaCall: Sendable {
    /// Calls of a machine are numbered from 1.
    public let id: UInt64
    /// The task that waits; the script's own is 1.
    public let task: UInt64
    /// The name that the function was registered under.
    public let name: String
    public let arguments: [LuaValue]
    /// The innermost line of a script, not of a host prelude.
    public let position: LuaPosition?

    public init(id: UInt64, task: UInt64, name: String, arguments: [LuaValue], position: LuaPosition?) {
        self.id = id
        self.task = task
        self.name = name
        self.arguments = arguments
        self.position = position
    }
}

/// The answer to a ``LuaCall``.
public struct LuaReply: Sendable {
    public let id: UInt64
    let values: [LuaValue]
    // Behind a reference: an error is large, most replies have none, and replies are copied on the hot path.
    private let failure: Failure?

    private final class Failure: Sendable {
        let error: LuaError
        init(_ error: LuaError) { self.error = error }
    }

    public var result: Result<[LuaValue], LuaError> {
        failure.map { .failure($0.error) } ?? .success(values)
    }

    var error: LuaError? { failure?.error }

    public init(id: UInt64, result: Result<[LuaValue], LuaError>) {
        self.id = id
        switch result {
        case .success(let values):
            self.values = values
            failure = nil
        case .failure(let error):
            values = []
            failure = Failure(error)
        }
    }

    public init(_ call: LuaCall, _ values: [LuaValue]) {
        id = call.id
        self.values = values
        failure = nil
    }

    public init(_ call: LuaCall, _ error: LuaError) { self.init(id: call.id, result: .failure(error)) }
}

/// What one ``LuaMachine/advance(_:)`` has led to.
public struct LuaStep: Sendable {
    public enum State: Sendable {
        /// Every task waits; answer a call and advance.
        case waiting
        /// The slice was given up between two tasks: advance again.
        case yielded
        /// All tasks have ended; the script's results.
        case finished([LuaValue])
        indirect case failed(LuaError)
        /// The evaluation was ended by ``LuaInterrupt/interrupt(_:)`` or a limit of it; the state lives. With the line
        /// that was running.
        case interrupted(LuaKill, LuaPosition?)
        case killed(LuaKill, LuaPosition?)
    }

    /// Calls made since the last step, in their order.
    public let calls: [LuaCall]
    public let state: State
    /// Bytes of the arguments of those calls.
    package var callBytes = 0
}
