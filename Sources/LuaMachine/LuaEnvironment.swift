/// What a script can see: limits, host functions, globals and modules. A value that many machines can be made of.
public struct LuaEnvironment: Sendable {
    package enum Entry: Sendable {
        case function(String, LuaHostFunction)
        case value(String, LuaValue)
        case module(LuaModule)
    }

    public var limits: LuaLimits
    /// Where `print` goes: one line, without its end. Called on the machine's thread.
    public var print: (@Sendable (String) -> Void)?
    package private(set) var entries: [Entry] = []

    public init(limits: LuaLimits = LuaLimits()) { self.limits = limits }

    /// Makes a host function visible as a global, or as a field of global tables: "time.now".
    public mutating func register(_ dottedName: String, _ function: LuaHostFunction) {
        entries.append(.function(dottedName, function))
    }

    /// Makes a value visible as a global, or as a field of global tables.
    public mutating func setGlobal(_ dottedName: String, _ value: LuaValue) {
        entries.append(.value(dottedName, value))
    }

    /// Adds something that `require` finds.
    public mutating func addModule(_ module: LuaModule) {
        entries.append(.module(module))
    }
}
