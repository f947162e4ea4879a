/// A run was ended from outside of the script. It is no ``LuaError``: no script can cause it by `error` or catch it.
public struct LuaKilled: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: LuaKill
    /// The line that was running, if one was.
    public var position: LuaPosition?
    /// What happened to the worker, if that is the reason.
    public var detail: String?

    public init(reason: LuaKill, position: LuaPosition? = nil, detail: String? = nil) {
        self.reason = reason
        self.position = position
        self.detail = detail
    }

    public var description: String {
        let what =
            switch reason {
            case .cpu: "killed: out of processor time"
            case .memory: "killed: out of memory"
            case .calls: "killed: too many calls"
            case .output: "killed: too much output"
            case .cancelled: "cancelled"
            case .deadline: "killed: out of time"
            case .stopped: "stopped"
            case .worker: detail ?? "the Lua worker failed"
            }
        return position.map { "\($0): \(what)" } ?? what
    }
}

/// Something that happened in a run.
public enum LuaEvent: Sendable {
    case print(String)
    case callStarted(LuaCall)
    case callFinished(LuaCall, Result<[LuaValue], LuaError>)
    case finished([LuaValue])
    case failed(LuaError)
    case killed(LuaKilled)
}

/// What a run has used so far.
public struct LuaUsage: Sendable, Hashable {
    /// Processor time of the slices.
    public var cpu: Duration = .zero
    /// The most bytes the Lua heap has held.
    public var memory = 0
    public var calls = 0
    public var output = 0
}

/// Told when a run begins and ends doing something, for a clock that jumps when all is idle.
///
/// `begin` and `end` are counted. While anything of a run does work the count is above zero: a call's `begin` comes
/// before the driver's `end`, and the driver's `begin` comes before the `end` of the replies it has collected. A handler
/// that waits for the clock has to call `end` before it sleeps and `begin` when it wakes.
public protocol LuaActivity: Sendable {
    func begin()
    func end()
}
