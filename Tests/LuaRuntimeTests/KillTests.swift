import LuaRuntime
import Testing

@Suite struct KillTests {
    private static let manyArguments = Place.isSanitized ? 20_000 : 200_000

    /// Loops that catch errors, hide in handlers or run where a count hook never fires.
    static let loops: [String] = [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local function f() pcall(f) f() end f()",
        "local function f() return f() + 1 end while true do local ok, e = pcall(f) end",
        "xpcall(function() while true do end end, function() while true do end end)",
        "while true do xpcall(error, function() while true do end end) end",
        "local function nest(n) if n == 0 then while true do end end coroutine.wrap(nest)(n - 1) end nest(8)",
        "local function tree() for i = 1, 100 do coroutine.wrap(function() for j = 1, 50 do end tree() end)() end end while true do pcall(tree) end",
        "while true do local co = coroutine.wrap(function() for i = 1, 10 do end end) co() end",
        "while true do local x <close> = setmetatable({}, {__close = function() while true do end end}) end",
        "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(co) coroutine.close(co)",
        "coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) local function f() f() end f() end)()",
        "while true do (('a'):rep(1000)):gsub('.', string.upper) end",
        "while true do ('x'):rep(1 << \(Place.isSanitized ? 14 : 20)):upper() end",
        "return ('a'):rep(3000):find(('.-'):rep(6) .. 'b')",
        "return ('a'):rep(100000):find(('a'):rep(50000) .. 'b', 1, true) and 1 or ('a'):rep(1 << 20):find('.-.-.-b')",
        "while true do load('while true do end')() end",
        "load(function() while true do end end)",
        "while true do table.sort({3, 2, 1}, function(a, b) return a < b end) end",
        "local t = {} for i = 1, 100000 do t[i] = i end while true do table.concat(t, ',') end",
        "while true do next({}) end",
        "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
        "tostring(setmetatable({}, {__tostring = function() while true do end end}))",
        "local function f(...) return select('#', ...) end while true do f(table.unpack({}, 1, \(manyArguments))) end",
        "goto a ::a:: goto a",
        "for _ in function() return 1 end do end",
        "local t = task.spawn(function() while true do end end) t:wait()",
        "require('loop')",
    ]
    static let bombs: [String] = [
        "return ('x'):rep(1 << 30)",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} for i = 1, math.huge do t[i] = {i} end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) if #t > 9000 then t = {t} end end",
        "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) end local s = table.concat(t) while true do s = table.concat({s, s}) end",
        "return string.pack('c2000000000', 'x')",
        "return ('x'):rep(1 << 20):gsub('.', ('y'):rep(1000))",
        "return string.format(('%99d'):rep(10000):rep(100), table.unpack({}, 1, 10))",
        "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
        "local t = {} while true do t = setmetatable({t, {}, {}, {}}, {}) end",
        "pcall(function() local t = {} while true do t[#t + 1] = {} end end) while true do end",
    ]

    static func host(_ place: Place) -> LuaHost {
        var host = place.host()
        host.addModule(.script(name: "loop", source: "while true do end"))
        return host
    }

    @Test(arguments: loops, Place.allCases) func aLoopEndsWhenItsTimeIsUp(_ script: String, _ place: Place) async throws
    {
        var host = Self.host(place)
        host.limits.cpu = .milliseconds(30)
        let killed = try await #require(throws: LuaKilled.self) { try await host.run(script) }
        #expect(killed.reason == .cpu)
    }

    @Test(arguments: bombs, Place.allCases) func aMemoryBombEndsAtTheLimit(_ script: String, _ place: Place)
        async throws
    {
        var host = Self.host(place)
        host.limits.memory = 16 << 20
        host.limits.cpu = .seconds(60)
        let run = host.start(script)
        do {
            _ = try await run.value()
            Issue.record("it came to an end")
        } catch let killed as LuaKilled {
            #expect(killed.reason == .memory)
        } catch let error as LuaError {
            // Refused by a check of liblua before any memory was asked for.
            #expect(error.message.contains("too") || error.message.contains("bad argument"), "\(error)")
        }
        #expect(run.usage.memory <= 16 << 20)
    }

    /// What 48 states would hold is 768 MiB; other tests run beside this one.
    /// A table whose fields are all gone takes long to look through, and the list has it 100,000 times.
    @Test(arguments: Place.allCases) func argumentsThatTakeLongToPassEndWithTheTime(_ place: Place) async throws {
        var host = Self.host(place)
        host.register("answer", .sync { _ in [] })
        host.limits.cpu = .milliseconds(500)
        host.limits.memory = 128 << 20
        let script = """
            local e, l = {}, {}
            for i = 1, 50000 do e["k" .. i] = true end
            for i = 1, 50000 do e["k" .. i] = nil end
            for i = 1, 90000 do l[i] = e end
            answer(l)
            while true do end
            """
        let run = host.start(script)
        let killed = try await #require(throws: LuaKilled.self) { try await run.value() }
        #expect(killed.reason == .cpu)
        #expect(run.usage.cpu < .milliseconds(Place.isSanitized ? 5000 : 800), "\(run.usage.cpu)")
    }

    @Test(arguments: Place.allCases) func theProcessGoesOnAndItsMemoryComesBack(_ place: Place) async throws {
        var host = Self.host(place)
        host.limits.memory = 16 << 20
        for _ in 0..<2 { _ = try? await host.run(Self.bombs[2]) }
        let before = residentMemory()
        for _ in 0..<48 { _ = try? await host.run(Self.bombs[2]) }
        #expect(residentMemory() - before < 384 << 20)
        #expect(try await host.run("return 1") == [1])
    }

    @Test(arguments: Place.allCases) func tooManyCallsEndTheRun(_ place: Place) async throws {
        var host = Self.host(place)
        host.limits.calls = 10
        host.asyncFunction("ping") { () in }
        let killed = try await #require(throws: LuaKilled.self) {
            try await host.run("while true do\npcall(ping)\nend")
        }
        #expect(killed == LuaKilled(reason: .calls, position: LuaPosition(chunk: "script.lua", line: 2)))
        #expect(try await host.run("for i = 1, 10 do ping() end return 'all'") == ["all"])
    }

    @Test(arguments: Place.allCases) func tooMuchOutputEndsTheRun(_ place: Place) async throws {
        var host = Self.host(place)
        host.limits.output = 1000
        await #expect(throws: LuaKilled.self) { try await host.run("while true do pcall(print, 'hello') end") }
    }

    @Test(arguments: Place.allCases) func cancellingTheTaskEndsABusyRun(_ place: Place) async throws {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        var host = Self.host(place)
        host.limits.cpu = nil
        host.function("started") { () in continuation.finish() }
        let task = Task { [host] in try await host.run("started() while true do end") }
        for await _ in started {}
        task.cancel()
        let killed = try await #require(throws: LuaKilled.self) { try await task.value }
        #expect(killed.reason == .cancelled)
    }

    @Test(arguments: Place.allCases) func cancellingTheTaskEndsAWaitingRun(_ place: Place) async throws {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        var host = Self.host(place)
        host.asyncFunction("wait") { () async throws in
            continuation.finish()
            try await Task.sleep(for: .seconds(1000))
        }
        let task = Task { [host] in try await host.run("pcall(wait) while true do end") }
        for await _ in started {}
        task.cancel()
        let killed = try await #require(throws: LuaKilled.self) { try await task.value }
        #expect(killed.reason == .cancelled)
    }

    @Test(arguments: Place.allCases) func aRunEndsAtItsDeadline(_ place: Place) async throws {
        var host = Self.host(place)
        host.limits.wall = .milliseconds(20)
        host.limits.cpu = nil
        let killed = try await #require(throws: LuaKilled.self) { try await host.run("while true do end") }
        #expect(killed.reason == .deadline)
    }

    @Test(arguments: Place.allCases) func aDeadlineAlsoEndsAWaitingRun(_ place: Place) async throws {
        var host = Self.host(place)
        host.limits.wall = .milliseconds(20)
        host.asyncFunction("wait") { () async throws in try await Task.sleep(for: .seconds(1000)) }
        let killed = try await #require(throws: LuaKilled.self) { try await host.run("wait()") }
        #expect(killed.reason == .deadline)
    }
}
