/// Something that `require` finds.
public struct LuaModule: Sendable {
    package enum Content: Sendable {
        case script(source: String, chunk: String)
        case host(source: String, data: LuaValue, functions: [String: LuaHostFunction], global: Bool)
    }

    public let name: String
    package let content: Content

    package init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// A text module of the script. Its frames are frames of the script; its chunk is called with its name.
    ///
    /// - Parameter chunk: the name in positions; by default the module's name with `.lua`.
    public static func script(name: String, source: String, chunk: String? = nil) -> LuaModule {
        LuaModule(name: name, content: .script(source: source, chunk: chunk ?? "\(name).lua"))
    }

    /// A trusted prelude written in Lua. Its chunk is called as `chunk(data, functions)` and what it returns is the
    /// module. It sees library tables that no script can alter, and `raise(message or table)`, which raises an error
    /// value at the script's line. Its frames are hidden from tracebacks and positions.
    ///
    /// - Parameters:
    ///   - functions: private host functions; the keys are kept as they are.
    ///   - global: load it before the script starts and set it as a global of its name too.
    public static func host(
        name: String,
        source: String,
        data: LuaValue = .nil,
        functions: [String: LuaHostFunction] = [:],
        global: Bool = false
    ) -> LuaModule {
        LuaModule(name: name, content: .host(source: source, data: data, functions: functions, global: global))
    }
}
