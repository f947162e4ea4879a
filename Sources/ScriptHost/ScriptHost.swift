public import Clocks
public import Gate
public import IwinvCatalog
public import IwinvClient
public import LuaRuntime
public import RunStore

/// Runs scripts against the cloud, with the functions that you give them.
///
/// ```swift
/// var host = ScriptHost(client: client)
/// host.function("inventory.owner") { (name: String) in owners[name] ?? "nobody" }
/// host.asyncFunction("chat.post") { (text: String) async throws in try await chat.post(text) }
///
/// let script = try Script(source: "for vm in require('iwinv').instances.each() do chat.post(vm.name) end")
/// let rules = GateRules.program(grants: [try Grant("instances:edit")], protected: [])
/// let run = host.start(script, options: RunOptions(rules: rules))
/// for await event in run.events { print(event) }
/// let report = await run.report()
/// ```
///
/// A host is a value: configure it once, start as many runs from it as you like, at the same time if you like.
public struct ScriptHost: Sendable {
    /// Limits of each run.
    public var limits: LuaLimits
    /// Whether scripts run in this process, or each in a jailed one of its own: the default, which needs `iwlua-worker`
    /// beside your program.
    public var execution = LuaExecution.process()
    /// Told what a jailed run is locked up by, before its script begins.
    public var onJail: (@Sendable (JailReport) -> Void)?
    private let client: IwinvClient?
    private let state: any ScriptState
    private let clock: any HostClock
    private let catalog: Catalog
    var additions: [Addition] = []

    /// A host.
    ///
    /// - Parameters:
    ///   - client: the cloud; without one, scripts have no module `iwinv`.
    ///   - clock: the time that scripts see and sleep by. The client's own clock should be the same.
    ///   - state: what scripts keep from one run to the next; in memory, as long as the host, if nobody says otherwise.
    public init(
        client: IwinvClient?, clock: any HostClock = SystemClock(), limits: LuaLimits = LuaLimits(),
        state: any ScriptState = ScratchState()
    ) {
        self.client = client
        self.state = state
        self.clock = clock
        self.limits = limits
        self.catalog = .iwinv
    }

    /// Gives scripts a function that answers in place. A dotted name puts it in a table: `inventory.owner`.
    ///
    /// Arguments and results convert by the rules of ``LuaValue``; what the body throws is raised in the script at the
    /// line of the call.
    public mutating func function<each Argument: LuaDecodable, Output: LuaEncodable>(
        _ name: String, _ body: @escaping @Sendable (repeat each Argument) throws -> Output
    ) {
        additions.append { host, recorder in
            guard let recorder else { return host.function(name, body) }
            host.function(name) { (argument: repeat each Argument) throws -> LuaValue in
                try recorder.draw(name) { try body(repeat each argument).luaValues.first ?? .nil }
            }
        }
    }

    /// Gives scripts a function that may take its time: only the calling Lua task waits.
    public mutating func asyncFunction<each Argument: LuaDecodable, Output: LuaEncodable>(
        _ name: String, _ body: @escaping @Sendable (repeat each Argument) async throws -> Output
    ) {
        additions.append { host, _ in host.asyncFunction(name, body) }
    }

    /// Gives scripts a function that answers in place and has no result.
    public mutating func function<each Argument: LuaDecodable>(
        _ name: String, _ body: @escaping @Sendable (repeat each Argument) throws -> Void
    ) {
        additions.append { host, recorder in
            guard let recorder else { return host.function(name, body) }
            // What it does was done.
            host.function(name) { (argument: repeat each Argument) throws -> Void in
                _ = try recorder.draw(name) {
                    try body(repeat each argument)
                    return .nil
                }
            }
        }
    }

    /// Gives scripts a function that may take its time and has no result.
    public mutating func asyncFunction<each Argument: LuaDecodable>(
        _ name: String, _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
    ) {
        additions.append { host, _ in host.asyncFunction(name, body) }
    }

    /// Gives scripts a module, and answers the calls that it makes.
    package mutating func module(
        _ module: LuaModule, handlers: [String: @Sendable (LuaCall) async throws -> [LuaValue]] = [:]
    ) {
        additions.append { host, _ in
            host.addModule(module)
            for (name, handler) in handlers { host.handle(name, handler) }
        }
    }

    /// Starts a run.
    ///
    /// - Parameters:
    ///   - parameters: values for the script's `params`, as ``Script/bind(_:read:)`` returns them.
    public func start(
        _ script: Script, parameters: [String: JSONValue] = [:], options: RunOptions
    ) -> ScriptRun {
        ScriptRun(
            script: script, parameters: parameters, options: options, limits: limits, client: client, clock: clock,
            catalog: catalog, state: state,
            additions: additions + [
                { [execution, onJail] host, _ in
                    host.execution = execution
                    host.onJail = onJail
                }
            ])
    }

    /// Lua at a prompt: texts that share their variables, one evaluation after another.
    ///
    /// - Parameters:
    ///   - pageSize: how many rows of a list are shown before somebody asks for more.
    ///   - openLog: begins the run that the session is written down in, before the first evaluation; gives nil for one that
    ///     leaves no trace. Called again when the state had to go and a fresh one is made.
    ///   - emit: told what happens, in order, from any thread; it should not block.
    public func session(
        options: RunOptions, pageSize: Int = .max,
        openLog: @escaping @Sendable () async throws -> RunLog? = { nil },
        emit: @escaping @Sendable (ReplEvent) -> Void
    ) -> ReplSession {
        ReplSession(
            ReplSession.Terms(
                client: client, clock: clock, catalog: catalog, limits: limits, options: options,
                state: state,
                configure: { [additions, execution, onJail] host, recorder in
                    for add in additions { add(&host, recorder) }
                    host.execution = execution
                    host.onJail = onJail
                }, openLog: openLog), pageSize: min(pageSize, 1000), emit: emit)
    }

    /// Runs a script to its end. Cancelling the task interrupts the run.
    public func run(
        _ script: Script, parameters: [String: JSONValue] = [:], options: RunOptions
    ) async -> RunReport {
        let run = start(script, parameters: parameters, options: options)
        return await withTaskCancellationHandler {
            await run.report()
        } onCancel: {
            run.cancel()
        }
    }
}

/// What one run may do.
public struct RunOptions: Sendable {
    /// What it may do to the cloud, and how fast. Reading is always granted; of the number of changes the smaller of this
    /// and the script's own `@limit changes` holds.
    public var rules: GateRules
    /// Shared with all runs that could change the same resources.
    public var locks: ResourceLocks?
    /// The longest it may take, on the host's clock.
    public var time: Duration?
    /// Seeds `math.random`; runs of the same seed draw the same numbers.
    public var seed: UInt64
    /// Whether `ui.show_secret` may show anything.
    public var showsSecrets: Bool
    /// Whether a person waits for it, or a schedule started it; the budget keeps a few requests free for persons.
    public var priority = BudgetClaimant.Priority.person
    /// The run's name; drawn at random if nil, or that of its log.
    public var id: String?
    /// Writes the changes down in place of letting them be made; the script lives in its time.
    public var planner: Planner?
    /// Where the run is written down (``Journal/begin(_:parameters:options:)``); nil for one that leaves no trace.
    public var log: RunLog?
    /// What the run is given again before it goes on.
    public var tape: Tape?

    public init(
        rules: GateRules, time: Duration? = nil, seed: UInt64 = .random(in: 0 ... .max), showsSecrets: Bool = false,
        id: String? = nil
    ) {
        self.rules = rules
        self.time = time
        self.seed = seed
        self.showsSecrets = showsSecrets
        self.id = id
    }

    /// Of a run that only reads.
    public static var readOnly: RunOptions { RunOptions(rules: .readOnly) }
}
