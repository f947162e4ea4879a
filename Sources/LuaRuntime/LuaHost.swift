/// What scripts may do, and the way to run them: in this process, or in jailed children of it (``execution``).
///
/// ```swift
/// var host = LuaHost()
/// host.function("double") { (n: Int) in n * 2 }
/// host.asyncFunction("fetch") { (url: String) async throws -> String in try await download(url) }
/// let values = try await host.run("return double(21), fetch('https://example.com')")
/// ```
public struct LuaHost: Sendable {
    typealias Handler = @Sendable (LuaCall) async throws -> [LuaValue]

    var environment: LuaEnvironment
    var handlers: [String: Handler] = [:]

    /// Where scripts run. In a jailed process by default, which needs `iwlua-worker` beside your program.
    public var execution = LuaExecution.process()
    /// Called with what a worker is locked up by, before anything of the script runs there.
    public var onJail: (@Sendable (JailReport) -> Void)?
    /// Called with each line that a script prints, on the thread of the VM, or the one that listens to the worker.
    public var onPrint: (@Sendable (String) -> Void)?
    /// Keeps, or gives, the answers to the calls of a run. A host with a recorder is for one run.
    public var recorder: (any LuaCallRecorder)?
    /// Told when runs begin and end doing something.
    public var activity: (any LuaActivity)?

    public init(limits: LuaLimits = LuaLimits()) { environment = LuaEnvironment(limits: limits) }

    public var limits: LuaLimits {
        get { environment.limits }
        set { environment.limits = newValue }
    }

    /// A function that is answered in place, on the thread of the VM or the one that listens to the worker: it should
    /// not block.
    ///
    /// - Parameter name: a global, or a field of global tables: "text.upper".
    public mutating func function<each A: LuaDecodable, R: LuaEncodable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each A) throws -> R
    ) {
        environment.register(name, .typed(body))
    }

    /// A function that is answered in place and has no result.
    public mutating func function<each A: LuaDecodable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each A) throws -> Void
    ) {
        environment.register(name, .typed(body))
    }

    /// A function that suspends the task that calls it. Several may be in flight.
    public mutating func asyncFunction<each A: LuaDecodable, R: LuaEncodable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each A) async throws -> R
    ) {
        callHandler(name) { call in
            var arguments = ArgumentReader(call)
            return try await body(repeat try arguments.next((each A).self)).luaValues
        }
    }

    /// A function that suspends the task that calls it and has no result.
    public mutating func asyncFunction<each A: LuaDecodable>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each A) async throws -> Void
    ) {
        callHandler(name) { call in
            var arguments = ArgumentReader(call)
            try await body(repeat try arguments.next((each A).self))
            return []
        }
    }

    /// A suspending function that takes its arguments as they are, with id and position.
    public mutating func callHandler(
        _ name: String,
        _ body: @escaping @Sendable (LuaCall) async throws -> [LuaValue]
    ) {
        environment.register(name, .call)
        handlers[name] = body
    }

    /// Handles the calls of a name without making it a global: for private functions of host modules.
    public mutating func handle(
        _ name: String,
        _ body: @escaping @Sendable (LuaCall) async throws -> [LuaValue]
    ) {
        handlers[name] = body
    }

    public mutating func register(_ name: String, _ function: LuaHostFunction) { environment.register(name, function) }
    public mutating func setGlobal(_ name: String, _ value: LuaValue) { environment.setGlobal(name, value) }
    public mutating func addModule(_ module: LuaModule) { environment.addModule(module) }

    /// Runs a script to its end.
    ///
    /// - Parameters:
    ///   - name: the chunk's name in positions.
    ///   - arguments: what `...` holds.
    ///   - seed: for `math.random`.
    /// - Returns: what the script returns.
    /// - Throws: ``LuaError`` if it fails, ``LuaKilled`` if it was ended; cancelling the task ends it.
    public func run(
        _ source: String,
        name: String = "script.lua",
        arguments: [LuaValue] = [],
        seed: UInt64 = .random(in: .min ... .max)
    ) async throws -> [LuaValue] {
        let script = Script(source: source, name: name, arguments: arguments)
        return try await LuaRun(self, script, seed: seed, withEvents: false).value()
    }

    /// Starts a script.
    ///
    /// - Parameter withEvents: whether ``LuaRun/events`` tells what happens. They are kept until they are read, with the
    ///   arguments and results of every call: a run whose events nobody reads goes without them.
    public func start(
        _ source: String,
        name: String = "script.lua",
        arguments: [LuaValue] = [],
        seed: UInt64 = .random(in: .min ... .max),
        withEvents: Bool = true
    ) -> LuaRun {
        LuaRun(self, Script(source: source, name: name, arguments: arguments), seed: seed, withEvents: withEvents)
    }

    struct Script: Sendable {
        var source: String
        var name: String
        var arguments: [LuaValue]
    }
}
