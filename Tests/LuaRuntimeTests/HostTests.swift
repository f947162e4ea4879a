import LuaRuntime
import Synchronization
import Testing

@Suite struct HostTests {
    @Test(arguments: Place.allCases) func manyRunsAreAliveAtOnce(_ place: Place) async throws {
        // A thousand processes are too much for a test.
        let count = place == .inProcess ? 1000 : 40
        let gate = Gate(count)
        var host = place.host()
        host.asyncFunction("meet") { (n: Int) async -> Int in
            await gate.arrive()
            return n * 2
        }
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for i in 1...count {
                group.addTask { [host] in
                    try await host.run("return meet(...)", arguments: [.integer(Int64(i))])[0].integerValue ?? 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == Int64(count * (count + 1)))
    }

    static let mistakes: [(script: String, message: String)] = [
        ("f('x')", "argument 1: expected integer, got string"),
        ("f(1.5)", "argument 1: expected integer, got 1.5"),
        ("f(300)", "argument 1: expected an integer from 0 to 255, got 300"),
        ("f()", "argument 1: expected integer, got nil"),
        ("g(1, {})", "argument 2: expected string, got table"),
        ("g(1, '\\xff')", "argument 2: expected string, got a string that is not UTF-8"),
        ("h{1, 'x'}", "argument 1, field '[2]': expected integer, got string"),
        ("h(print)", "argument 1: a function cannot be passed to the host"),
        ("d{a = {1, true}}", "argument 1, field 'a[2]': expected number, got boolean"),
        ("n(0/0)", "argument 1: NaN cannot be passed to the host"),
        ("n(-math.huge)", "argument 1: an infinity cannot be passed to the host"),
        ("d{a = {0/0}}", "argument 1, field 'a[1]': NaN cannot be passed to the host"),
        ("lateNumber(math.huge)", "argument 1: an infinity cannot be passed to the host"),
        ("late('x')", "argument 1: expected boolean, got string"),
        ("late()", "argument 1: expected boolean, got no value"),
        ("fails()", "it does not work"),
        ("failsLate()", "it does not work"),
    ]

    @Test(arguments: mistakes, Place.allCases)
    func wrongArgumentsAndThrownErrorsAreErrorsAtTheCall(_ mistake: (script: String, message: String), _ place: Place)
        async throws
    {
        struct Broken: Error, CustomStringConvertible { let description = "it does not work" }
        var host = place.host()
        host.function("f") { (n: UInt8) in n }
        host.function("g") { (n: Int, text: String) in text }
        host.function("h") { (list: [Int]) in list }
        host.function("d") { (fields: [String: [Double]]) in fields }
        host.asyncFunction("late") { (flag: Bool) async in flag }
        host.function("n") { (number: Double) in number }
        host.asyncFunction("lateNumber") { (number: Double) async in number }
        host.function("fails") { () throws in throw Broken() }
        host.asyncFunction("failsLate") { () async throws in throw Broken() }
        let error = try await #require(throws: LuaError.self) { try await host.run("\n\n" + mistake.script) }
        #expect(error.message == mistake.message)
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 3))
        #expect(error.traceback.first?.position == error.position)
    }

    @Test(arguments: Place.allCases) func everyTypeGoesInAndOut(_ place: Place) async throws {
        var host = place.host()
        host.function("all") {
            (a: Bool, b: Int, c: Double, d: String, e: [UInt8], f: Int?, g: [String], h: [String: Int], i: LuaValue) in
            [
                .boolean(a), b.luaValue, c.luaValue, d.luaValue, e.luaValue, f?.luaValue ?? "none", g.luaValue,
                h.luaValue, i,
            ] as [LuaValue]
        }
        host.function("nothing") { (_: Int) in }
        #expect(
            try await host.run(
                "return all(true, 1, 2, 'ü', '\\xff', nil, {'a'}, {b = 2}, {3}), select('#', nothing(1))")
                == [[true, 1, 2.0, "ü", .bytes([0xff]), "none", ["a"], ["b": 2], [3]], 0])
    }

    @Test(arguments: Place.allCases) func eventsTellWhatHappens(_ place: Place) async throws {
        var host = place.host()
        host.callHandler("call") { call in
            [.integer(Int64(call.position?.line ?? 0)), .string(call.name), .integer(Int64(call.id))]
        }
        let run = host.start("print('a', 1, {} ~= nil)\nreturn call()")
        var seen: [String] = []
        for await event in run.events {
            switch event {
            case .print(let line): seen.append(line)
            case .callStarted(let call): seen.append("\(call.id) \(call.position.map(\.description) ?? "?")")
            case .callFinished(let call, _): seen.append("\(call.id) done")
            case .finished(let values): seen.append("\(values == [2, "call", 1])")
            case .failed, .killed: seen.append("ended badly")
            }
        }
        #expect(seen == ["a\t1\ttrue", "1 script.lua:2", "1 done", "true"])
        #expect(run.usage.calls == 1 && run.usage.output == 9 && run.usage.memory > 10_000)
    }

    @Test(arguments: Place.allCases) func hostModulesCallPrivateFunctions(_ place: Place) async throws {
        var host = place.host()
        host.handle("secret.fetch") { call in call.arguments }
        host.addModule(
            .host(
                name: "api",
                source: """
                    local data, functions = ...
                    local fetch = functions["secret.fetch"]
                    return { fetch = function(x) return fetch(data.prefix .. x) end }
                    """,
                data: ["prefix": "p-"], functions: ["secret.fetch": .call]))
        #expect(try await host.run("return require('api').fetch('x')") == ["p-x"])
    }

    @Test(arguments: Place.allCases) func theActivityNeverFallsToZeroWhileSomethingIsDone(_ place: Place) async throws {
        let activity = Counter()
        var host = place.host()
        host.activity = activity
        host.asyncFunction("work") { (n: Int) async -> Int in
            for _ in 0..<n % 7 { await Task.yield() }
            return activity.count > 0 ? n : -1
        }
        let script = "local t = {} for i = 1, 200 do t[i] = i end return task.map(t, work, {limit = 20})"
        #expect(try await host.run(script) == [.array((1...200).map { .integer($0) })])
        #expect(activity.count == 0 && activity.zeros == 1)
    }

    @Test(arguments: Place.allCases) func busyRunsDoNotHoldUpOthers(_ place: Place) async throws {
        var busy = place.host()
        busy.limits.cpu = .seconds(30)
        let runs = (0..<8).map { [busy] _ in busy.start("while true do end") }
        for _ in 0..<5 { #expect(try await place.host().run("return 1") == [1]) }
        for run in runs { run.cancel() }
        for run in runs { await #expect(throws: LuaKilled.self) { try await run.value() } }
    }
}

/// Opens when everybody has come.
actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        if missing > 0 { return await withCheckedContinuation { waiting.append($0) } }
        for waiter in waiting { waiter.resume() }
    }
}

final class Counter: LuaActivity {
    private let state = Mutex((count: 0, zeros: 0))

    var count: Int { state.withLock { $0.count } }
    var zeros: Int { state.withLock { $0.zeros } }

    func begin() { state.withLock { $0.count += 1 } }
    func end() {
        state.withLock {
            $0.count -= 1
            if $0.count == 0 { $0.zeros += 1 }
        }
    }
}
