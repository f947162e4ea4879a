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
    public let result: Result<[LuaValue], LuaError>

    public init(id: UInt64, result: Result<[LuaValue], LuaError>) {
        self.id = id
        self.result = result
    }

    public init(_ call: LuaCall, _ values: [LuaValue]) { self.init(id: call.id, result: .success(values)) }
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
        case failed(LuaError)
        case killed(LuaKill, LuaPosition?)
    }

    /// Calls made since the last step, in their order.
    public let calls: [LuaCall]
    public let state: State
}
