import Glibc
import LuaRuntime
import Synchronization
import Testing

@Suite struct SessionTests {
    static func session(_ place: Place, _ change: (inout LuaHost) -> Void = { _ in }) -> LuaSession {
        var host = place.host()
        change(&host)
        return LuaSession(host)
    }

    @Test(arguments: Place.allCases) func variablesAndFunctionsLiveAcrossEvaluations(_ place: Place) async throws {
        let session = Self.session(place)
        #expect(try await session.evaluate("count = 1 function add(n) count = count + n return count end") == [])
        #expect(try await session.evaluate("return add(...), ...", arguments: [41]) == [42, 41])
        #expect(try await session.evaluate("return count") == [42])
        session.close()
    }

    @Test(arguments: Place.allCases) func anErrorNamesItsChunkAndKeepsTheState(_ place: Place) async throws {
        let session = Self.session(place)
        _ = try await session.evaluate("x = 1")
        let error = try await #require(throws: LuaError.self) {
            try await session.evaluate("x = 2\nerror('no')", name: "line 2")
        }
        #expect(error.position == LuaPosition(chunk: "line 2", line: 2))
        let syntax = try await #require(throws: LuaError.self) { try await session.evaluate("x = = 3") }
        #expect(syntax.code == .syntax)
        #expect(try await session.evaluate("return x") == [2])
    }

    @Test(arguments: Place.allCases) func tasksEndWithTheirEvaluation(_ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) {
            $0.asyncFunction("never") { () async throws in try await Task.sleep(for: .seconds(1000)) }
            $0.function("started") { () in begun.finish() }
        }
        let outcome = Task {
            try await session.evaluate(
                """
                closed = 0
                left = task.spawn(function()
                    local guard <close> = setmetatable({}, {__close = function() closed = closed + 1 end})
                    never()
                end)
                other = task.spawn(function() left:wait() end)
                done = task.spawn(function() return 'value' end)
                done:wait()
                task.spawn(function() started() while true do end end)
                """)
        }
        for await _ in started {}
        session.interrupt()
        await #expect(throws: LuaInterrupted.self) { try await outcome.value }
        let ended: LuaValue = "the task was ended with its evaluation"
        #expect(
            try await session.evaluate("return closed, left:done(), select(2, pcall(left.wait, left))")
                == [1, true, ended])
        #expect(
            try await session.evaluate("return other:done(), select(2, pcall(other.wait, other)), done:wait()")
                == [true, ended, "value"])
        #expect(session.usage.calls == 0)
    }

    /// Who watches an evaluation begins when it can be interrupted, and not before: neither an interrupt is lost nor a
    /// clock that jumps when nobody is busy runs away.
    @Test(arguments: Place.allCases) func theWatchBeginsWithTheEvaluation(_ place: Place) async throws {
        final class Counter: LuaActivity {
            let busy = Mutex(0)
            func begin() { busy.withLock { $0 += 1 } }
            func end() { busy.withLock { $0 -= 1 } }
        }
        let counter = Counter()
        let session = Self.session(place) { $0.activity = counter }
        var busy = 0
        await #expect(throws: LuaInterrupted.self) {
            try await session.evaluate("x = 1 while true do end", name: "input", arguments: []) {
                busy = counter.busy.withLock { $0 }
                session.interrupt()
            }
        }
        #expect(busy == 1)
        #expect(counter.busy.withLock { $0 } == 0)
        #expect(try await session.evaluate("return 2") == [2])
        session.close()
    }

    /// What a loop hides behind. Each is interrupted while it runs, and the state goes on.
    static let loops =
        KillTests.loops + [
            "while true do pcall(error) end",
            "local function deep(n) return coroutine.wrap(function() if n == 0 then while true do end end return deep(n - 1) end)() end deep(3)",
            "local co = coroutine.create(function() pcall(function() while true do end end) end) while true do coroutine.resume(co) end",
            "while true do string.rep('x', 1 << 16):gsub('x', function() end) end",
            "while true do ('x'):rep(1 << \(Place.isSanitized ? 14 : 20)) end",
            "local t = {} for i = 1, 200000 do t[i] = i * 7919 % 200003 end while true do table.sort(t, function(a, b) return a > b end) table.sort(t) end",
            "while true do xpcall(function() xpcall(error, function() error() end) end, function(e) while true do end end) end",
            "for i = 1, 1e9 do for k in pairs({a = 1, b = 2, 3}) do end end",
            "task.all({function() while true do end end, function() while true do end end})",
            "local function f() local x <close> = setmetatable({}, {__close = function() f() end}) end while true do pcall(f) end",
            "setmetatable(_G, {__index = function() while true do end end}) return missing",
            "while true do require('looping') end",
        ]

    @Test(arguments: loops, Place.allCases)
    func whateverRunsIsInterruptedAndTheStateLives(_ loop: String, _ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) {
            $0.function("started") { () in begun.finish() }
            $0.limits.cpu = nil
            $0.limits.memory = 256 << 20
            $0.addModule(.script(name: "loop", source: "started() while true do end"))
            $0.addModule(.script(name: "looping", source: "while true do end"))
        }
        _ = try await session.evaluate("list = {} for i = 1, 1000 do list[i] = {i} end")
        let outcome = Task { try await session.evaluate("alive = true started() " + loop) }
        for await _ in started {}
        session.interrupt()
        let interrupted = try await #require(throws: LuaInterrupted.self) { try await outcome.value }
        #expect(interrupted.reason == .cancelled)
        #expect(session.ended == nil)
        #expect(
            try await session.evaluate(
                "setmetatable(_G, nil) local n = 0 for k, v in pairs(list) do n = n + v[1] end return alive, n, 1 + 1")
                == [true, 500_500, 2])
        session.close()
    }

    @Test(arguments: Place.allCases) func aWaitIsInterruptedAndItsCallCancelled(_ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let (cancelled, wasCancelled) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) {
            $0.asyncFunction("never") { () async throws in
                begun.finish()
                do { try await Task.sleep(for: .seconds(1000)) } catch {
                    wasCancelled.finish()
                    throw error
                }
            }
        }
        let outcome = Task {
            try await session.evaluate(
                """
                closed = {}
                local function guard(name)
                    return setmetatable({}, {__close = function(_, e) closed[#closed + 1] = name .. tostring(e) end})
                end
                coroutine.wrap(function()
                    local a <close> = guard('outer ')
                    local co = coroutine.create(function() local b <close> = guard('inner ') while true do pcall(never) end end)
                    coroutine.resume(co)
                end)()
                """)
        }
        for await _ in started {}
        session.interrupt()
        let interrupted = try await #require(throws: LuaInterrupted.self) { try await outcome.value }
        #expect(interrupted.reason == .cancelled)
        for await _ in cancelled {}
        #expect(try await session.evaluate("return closed") == [["inner nil", "outer nil"]])
    }

    @Test(arguments: Place.allCases) func cancellingTheTaskInterrupts(_ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) { $0.function("started") { () in begun.finish() } }
        let task = Task { try await session.evaluate("x = 5 started() while true do end") }
        for await _ in started {}
        task.cancel()
        let interrupted = try await #require(throws: LuaInterrupted.self) { try await task.value }
        #expect(interrupted.description.hasSuffix("input:1: interrupted"))
        #expect(try await session.evaluate("return x") == [5])
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await session.evaluate("while true do end")
        }
        early.cancel()
        await #expect(throws: LuaInterrupted.self) { try await early.value }
        #expect(try await session.evaluate("return x") == [5])
    }

    @Test(arguments: Place.allCases) func aLoopInACloseHandlerIsInterruptedAgain(_ place: Place) async throws {
        let entered = Mutex(0)
        let (handler, inHandler) = AsyncStream.makeStream(of: Void.self)
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) {
            $0.function("started") { () in begun.finish() }
            $0.function("handling") { () in
                entered.withLock { $0 += 1 }
                inHandler.finish()
            }
            $0.limits.cpu = .seconds(60)
        }
        let outcome = Task {
            try await session.evaluate(
                """
                y = 7
                local a <close> = setmetatable({}, {__close = function() after = true end})
                local b <close> = setmetatable({}, {__close = function() handling() while true do end end})
                started() while true do end
                """)
        }
        for await _ in started {}
        session.interrupt()
        for await _ in handler {}
        // The second interrupt may come too late for the watch, which kills after 200 ms: then nothing is left of y.
        session.interrupt()
        do {
            _ = try await outcome.value
            Issue.record("it came to an end")
        } catch is LuaInterrupted {
            #expect(try await session.evaluate("return y, after") == [7, true])
        } catch let killed as LuaKilled {
            #expect(killed.reason == .cancelled)
            #expect(session.ended?.cause == killed)
        }
        #expect(entered.withLock { $0 } == 1)
    }

    @Test(
        .disabled(if: Place.isSanitized, "under a sanitizer liblua moves a million arguments for minutes"),
        arguments: Place.allCases)
    func whatCannotBeInterruptedIsKilledAndTheSessionSaysSo(_ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) {
            $0.function("started") { () in begun.finish() }
            $0.limits.cpu = nil
        }
        // Calling it makes liblua move a million arguments, again and again, without an instruction in between.
        let outcome = Task {
            try await session.evaluate(
                """
                started()
                local t = setmetatable({}, {}) getmetatable(t).__call = t
                while true do pcall(t) end
                """)
        }
        for await _ in started {}
        let clock = ContinuousClock.now
        session.interrupt()
        do {
            _ = try await outcome.value
            Issue.record("it came to an end")
        } catch let killed as LuaKilled {
            #expect(killed.reason == .cancelled)
            #expect(ContinuousClock.now - clock > .milliseconds(200))
            let ended = try await #require(throws: LuaSessionEnded.self) { try await session.evaluate("return 1") }
            #expect(ended.cause == killed)
            #expect(ended.description.contains("its variables are gone"))
        } catch is LuaInterrupted {
            // Between two of them an instruction was run.
            #expect(try await session.evaluate("return 1") == [1])
        }
    }

    @Test(arguments: Place.allCases) func theLimitsHoldForEachEvaluation(_ place: Place) async throws {
        let session = Self.session(place) {
            $0.limits.calls = 5
            $0.limits.output = 100
            $0.limits.cpu = .milliseconds(50)
            $0.limits.tasks = 4
            $0.asyncFunction("ping") { () async in }
        }
        func reason(_ source: String) async throws -> LuaKill {
            try await #require(throws: LuaInterrupted.self) { try await session.evaluate(source) }.reason
        }
        for _ in 0..<3 {
            #expect(try await session.evaluate("for i = 1, 5 do ping() end print(('x'):rep(90)) return 1") == [1])
            #expect(try await reason("while true do pcall(ping) end") == .calls)
            #expect(try await reason("while true do pcall(print, 'hello') end") == .output)
            #expect(try await reason("while true do pcall(function() while true do end end) end") == .cpu)
            let error = try await #require(throws: LuaError.self) {
                try await session.evaluate("for i = 1, 5 do task.spawn(ping) end")
            }
            #expect(error.code == .limit)
            #expect(session.ended == nil)
        }
        #expect(try await session.evaluate("return 'alive'") == ["alive"])
    }

    @Test(arguments: Place.allCases) func theWallLimitInterruptsALoopAndAWait(_ place: Place) async throws {
        let session = Self.session(place) {
            $0.limits.wall = .milliseconds(50)
            $0.limits.cpu = nil
            $0.asyncFunction("never") { () async throws in try await Task.sleep(for: .seconds(1000)) }
        }
        // A worker takes its time to start.
        _ = try? await session.evaluate("return 1")
        for source in ["while true do end", "never()"] {
            let interrupted = try await #require(throws: LuaInterrupted.self) { try await session.evaluate(source) }
            #expect(interrupted == LuaInterrupted(reason: .deadline, position: LuaPosition(chunk: "input", line: 1)))
        }
    }

    @Test(arguments: Place.allCases) func runningOutOfMemoryEndsTheSession(_ place: Place) async throws {
        let session = Self.session(place) { $0.limits.memory = 4 << 20 }
        _ = try await session.evaluate("x = 1")
        let killed = try await #require(throws: LuaKilled.self) {
            try await session.evaluate("local t = {} while true do t[#t + 1] = {} end")
        }
        #expect(killed.reason == .memory)
        let ended = try await #require(throws: LuaSessionEnded.self) { try await session.evaluate("return x") }
        #expect(ended == LuaSessionEnded(cause: killed))
    }

    @Test(arguments: Place.allCases) func aClosedSessionEvaluatesNothing(_ place: Place) async throws {
        let (started, begun) = AsyncStream.makeStream(of: Void.self)
        let session = Self.session(place) { $0.function("started") { () in begun.finish() } }
        let outcome = Task { try await session.evaluate("started() while true do end") }
        for await _ in started {}
        await #expect(throws: LuaError.self) { try await session.evaluate("return 1") }
        session.close()
        let killed = try await #require(throws: LuaKilled.self) { try await outcome.value }
        #expect(killed.reason == .stopped)
        await #expect(throws: LuaSessionEnded(cause: nil)) { try await session.evaluate("return 1") }
        session.interrupt()
    }
}
