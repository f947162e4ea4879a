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

    /// Kept apart, so that an error is one pointer in results and replies.
    private final class Storage: @unchecked Sendable {
        // Sendable: changed only while this is the only reference (`unique`).
        var code: Code
        var message: String
        var value: LuaValue?
        var position: LuaPosition?
        var traceback: [LuaFrame]

        init(_ code: Code, _ message: String, _ value: LuaValue?, _ position: LuaPosition?, _ traceback: [LuaFrame]) {
            self.code = code
            self.message = message
            self.value = value
            self.position = position
            self.traceback = traceback
        }
    }

    private var storage: Storage

    private mutating func unique() -> Storage {
        if !isKnownUniquelyReferenced(&storage) {
            storage = Storage(code, message, value, position, traceback)
        }
        return storage
    }

    public var code: Code {
        get { storage.code }
        set { unique().code = newValue }
    }

    /// What went wrong, without the position.
    public var message: String {
        get { storage.message }
        set { unique().message = newValue }
    }

    /// The error value, if it was not a string: what the script gave to `error`, or the fields of a host's error.
    public var value: LuaValue? {
        get { storage.value }
        set { unique().value = newValue }
    }

    public var position: LuaPosition? {
        get { storage.position }
        set { unique().position = newValue }
    }

    /// Innermost frame first.
    public var traceback: [LuaFrame] {
        get { storage.traceback }
        set { unique().traceback = newValue }
    }

    public init(
        _ code: Code = .host,
        _ message: String,
        value: LuaValue? = nil,
        position: LuaPosition? = nil,
        traceback: [LuaFrame] = []
    ) {
        storage = Storage(code, message, value, position, traceback)
    }

    /// An error that a host function throws: its message, and fields for the script to read.
    public init(_ message: String, value: LuaValue? = nil) { self.init(.host, message, value: value) }

    public static func == (a: LuaError, b: LuaError) -> Bool {
        a.storage === b.storage
            || (a.code == b.code && a.message == b.message && a.value == b.value && a.position == b.position
                && a.traceback == b.traceback)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(message)
        hasher.combine(position)
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
