package import LuaMachine

/// Everything a worker needs to know before it begins: the first frame.
package struct WorkerSetup: Sendable {
    package enum Entry: Sendable {
        /// `function` is the number that the worker calls it by.
        case function(String, function: UInt32)
        case value(String, LuaValue)
        case script(name: String, source: String, chunk: String)
        case host(name: String, source: String, data: LuaValue, functions: [String: UInt32], global: Bool)
    }

    package struct Function: Sendable, Hashable {
        package var name: String
        /// Its task waits for the answer; the others are answered in place.
        package var suspends: Bool

        package init(name: String, suspends: Bool) {
            self.name = name
            self.suspends = suspends
        }
    }

    package var limits = LuaLimits()
    package var seed: UInt64 = 0
    /// The first one, or the only one.
    package var evaluation = LuaEvaluation()
    /// Whether the worker waits for another evaluation when one has ended.
    package var session = false
    package var functions: [Function] = []
    package var entries: [Entry] = []
    /// Whether anybody wants to see what the script prints.
    package var prints = false
    /// Ends behind the report of its jail.
    package var onlyReports = false
    /// Ends there too if the jail is not tight.
    package var needsJail = false

    package init() {}

    /// Takes over an environment.
    ///
    /// - Returns: the setup, and the functions by their numbers.
    package static func make(_ environment: LuaEnvironment) -> (setup: WorkerSetup, functions: [LuaHostFunction]) {
        var setup = WorkerSetup()
        var functions: [LuaHostFunction] = []
        func number(_ name: String, _ function: LuaHostFunction) -> UInt32 {
            functions.append(function)
            setup.functions.append(Function(name: name, suspends: function.suspends))
            return UInt32(functions.count - 1)
        }
        setup.limits = environment.limits
        for entry in environment.entries {
            switch entry {
            case .function(let name, let function):
                setup.entries.append(.function(name, function: number(name, function)))
            case .value(let name, let value): setup.entries.append(.value(name, value))
            case .module(let module):
                switch module.content {
                case .script(let source, let chunk):
                    setup.entries.append(.script(name: module.name, source: source, chunk: chunk))
                case .host(let source, let data, let own, let global):
                    let numbers = Dictionary(
                        uniqueKeysWithValues: own.sorted { $0.key < $1.key }.map { ($0.key, number($0.key, $0.value)) })
                    setup.entries.append(
                        .host(name: module.name, source: source, data: data, functions: numbers, global: global))
                }
            }
        }
        return (setup, functions)
    }

    /// The environment as a worker builds it.
    ///
    /// - Parameter function: makes the host function of a number.
    package func environment(_ function: (UInt32, Function) -> LuaHostFunction) throws(WireError) -> LuaEnvironment {
        func made(_ number: UInt32) throws(WireError) -> LuaHostFunction {
            guard functions.indices.contains(Int(number)) else { throw .outOfRange("a function") }
            return function(number, functions[Int(number)])
        }
        var environment = LuaEnvironment(limits: limits)
        for entry in entries {
            switch entry {
            case .function(let name, let number): environment.register(name, try made(number))
            case .value(let name, let value): environment.setGlobal(name, value)
            case .script(let name, let source, let chunk):
                environment.addModule(.script(name: name, source: source, chunk: chunk))
            case .host(let name, let source, let data, let numbers, let global):
                var own: [String: LuaHostFunction] = [:]
                for (name, number) in numbers { own[name] = try made(number) }
                environment.addModule(.host(name: name, source: source, data: data, functions: own, global: global))
            }
        }
        return environment
    }
}

extension LuaHostFunction {
    fileprivate var suspends: Bool {
        if case .call = self { true } else { false }
    }
}
