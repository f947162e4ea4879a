/// What a run may use. The defaults are those of `iwlua run`.
public struct LuaLimits: Sendable, Hashable {
    /// Bytes of the Lua heap, headers of blocks included. Passing it kills.
    public var memory = 64 << 20
    /// Processor time of all slices together. Passing it kills; kept by the shell, not by the machine.
    public var cpu: Duration? = .seconds(10)
    /// Wall time from the start. Passing it kills; kept by the shell.
    public var wall: Duration?
    /// Suspending host calls. One more kills.
    public var calls = 10_000
    /// Bytes printed, line ends included. Passing it kills.
    public var output = 1 << 20
    /// Bytes of the script, of a module and of a text for `load`. More is an error.
    public var sourceBytes = 64 << 10
    /// Tables inside each other in a value that leaves the machine. More is an error, as for the next two.
    public var valueDepth = 32
    /// Values in the arguments of one call, the results or an error value, tables and their items counted.
    public var valueNodes = 200_000
    /// Bytes of the arguments of one call, the results or an error value, encoded.
    public var valueBytes = 4 << 20
    /// Tasks alive at once. More is an error.
    public var tasks = 1000
    /// Coroutines alive at once, tasks included. More is an error.
    public var coroutines = 10_000

    public init() {}
}

/// Why a run was ended. A script cannot catch it and runs nothing afterwards.
public enum LuaKill: Int32, Sendable, Hashable {
    case cpu = 1
    case memory = 2
    case calls = 3
    case output = 4
    case cancelled = 5
    case deadline = 6
    /// Ended by the host for a reason of its own.
    case stopped = 7
    /// The process that runs the script could not be started, died, or said what no worker says.
    case worker = 8
}
