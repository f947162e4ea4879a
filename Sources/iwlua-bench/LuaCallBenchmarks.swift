import CLuaFence
import LuaRuntime

/// The ways of a host call beside plain C functions and stock coroutines; processor time for one call.
struct LuaCallBenchmarks {
    private static let count = 200_000
    private var environment = LuaEnvironment()

    init() throws {
        environment.limits.calls = .max
        environment.register(
            "raw",
            .raw { call in
                guard let a = call.integer(0), let b = call.integer(1) else {
                    throw LuaError(.host, "two integers are needed")
                }
                call.push(a + b)
            })
        environment.register("typed", .typed { (text: String) in text })
        environment.register("suspended", .call)
    }

    func comparisons() async throws -> [Comparison] {
        [
            try await compare("raw host call", "raw(i, 1)", limit: 2, peer: "C function", "c_add(i, 1)"),
            try await compare(
                "typed host call, text in and out", "typed(text)", limit: 12, peer: "C function", "c_add(i, 1)"),
            try await compare("suspended host call", "suspended(i)", limit: 4, peer: "yield and resume", nil),
        ]
    }

    private func compare(
        _ name: String, _ call: String, limit: Double, peer: String, _ peerCall: String?
    ) async throws -> Comparison {
        let (own, other) = try await alternating(rounds: 9) {
            try run(call)
        } _: {
            plain(peerCall.map { "return function() \(Self.loop($0)) end" } ?? Self.yielding)
        }
        return Comparison(name: name, peer: peer, seconds: own, peerSeconds: other, limit: limit)
    }

    /// A call in a loop; what is called and what it gets are locals, as they would be in a hot loop.
    private static func loop(_ call: String) -> String {
        let name = String(call.prefix { $0 != "(" })
        return """
            local \(name) = \(name)
            local text = 'a string of thirty-two bytes....'
            for i = 1, \(count) do local x = \(call) end
            """
    }

    private static let yielding = """
        return function()
            local yield = coroutine.yield
            local co = coroutine.create(function() for i = 1, \(count) do local x = yield(i) end end)
            local resume = coroutine.resume
            local ok, x = resume(co)
            for i = 1, \(count) do ok, x = resume(co, x) end
        end
        """

    private func run(_ call: String) throws -> Double {
        let machine = try LuaMachine(environment, seed: 1)
        try machine.start(source: Self.loop(call), chunk: "bench")
        let start = clf_thread_cpu()
        var step = machine.advance()
        while case .waiting = step.state { step = machine.advance(step.calls.map { LuaReply($0, $0.arguments) }) }
        guard case .finished = step.state else { throw BenchProblem("\(call): \(step.state)") }
        return Double(clf_thread_cpu() - start) / Double(Self.count) / 1e9
    }

    private func plain(_ source: String) -> Double {
        Double(clf_bench_plain(source)) / Double(Self.count) / 1e9
    }
}
