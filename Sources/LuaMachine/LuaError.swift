/// A line of a chunk.
public struct LuaPosition: Sendable, Hashable, CustomStringConvertible {
    public var chunk: String
    public var line: Int

    public init(chunk: String, line: Int) {
        self.chunk = chunk
        self.line = line
    }

    public var description: String { "\(chunk):\(line)" }
}

/// A line of a traceback. Frames of host preludes and of C functions are left out.
public struct LuaFrame: Sendable, Hashable {
    public var position: LuaPosition
    /// The function's name as its caller knew it, "main chunk", or "function at line n".
    public var function: String

    public init(position: LuaPosition, function: String) {
        self.position = position
        self.function = function
    }
}

/// An error of a script, or one that a host function raises into it.
public struct LuaError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: UInt8, Sendable, Hashable {
        /// Raised by the script or by the VM.
        case runtime = 0
        /// The text is not Lua.
        case syntax = 1
        /// A value that cannot cross the boundary.
        case conversion = 2
        /// A cap that is an error, not a kill: source size, tasks, coroutines.
        case limit = 3
        case cancelled = 4
        /// Raised by a host function.
        case host = 5
    }

    public var code: Code
    /// What went wrong, without the position.
    public var message: String
    /// The error value, if it was not a string: what the script gave to `error`, or the fields of a host's error.
    public var value: LuaValue?
    public var position: LuaPosition?
    /// Innermost frame first.
    public var traceback: [LuaFrame]

    public init(
        _ code: Code = .host,
        _ message: String,
        value: LuaValue? = nil,
        position: LuaPosition? = nil,
        traceback: [LuaFrame] = []
    ) {
        self.code = code
        self.message = message
        self.value = value
        self.position = position
        self.traceback = traceback
    }

    /// Any error as one that can be raised in a script; a `LuaError` is itself.
    public init(_ error: any Error) {
        if let error = error as? LuaError { self = error } else { self.init(.host, String(describing: error)) }
    }

    public var description: String {
        guard let position else { return message }
        return "\(position): \(message)"
    }
}
