import Foundation
import Glibc
import LuaRuntime
import Synchronization
import Testing

@Suite struct WorkerRunTests {
    private var host: LuaHost {
        var host = LuaHost()
        host.execution = .process()
        return host
    }

    @Test func theJailIsReportedBeforeTheScriptRuns() async throws {
        let order = Mutex<[String]>([])
        var host = host
        host.onJail = { report in order.withLock { $0.append("jail \(report.isTight)") } }
        host.onPrint = { line in order.withLock { $0.append(line) } }
        let run = host.start("print('script')")
        _ = try await run.value()
        #expect(order.withLock { $0 } == ["jail true", "script"])
        #expect(run.jail?.applied.contains(.seccomp) == true)
        #expect(try await LuaExecution.jail() == run.jail)
    }

    /// It says that it starts, and becomes the worker.
    @Test func aPreparedWorkerServesTheNextRunAndNoOther() async throws {
        let folder = try TemporaryFolder()
        let starts = try folder.write("starts", "", executable: false)
        let worker = try folder.write(
            "worker", "#!/bin/sh\necho start >>\(starts)\nexec \(beside("iwlua-worker"))\n", executable: true)
        func count() throws -> Int { try String(contentsOfFile: starts, encoding: .utf8).split(separator: "\n").count }
        var host = LuaHost()
        host.execution = .process(worker: worker)
        host.execution.prepare()
        host.execution.prepare()
        #expect(try await host.run("return 1") == [1])
        #expect(try count() == 1)
        #expect(try await host.run("return 2") == [2])
        #expect(try count() == 2)
    }

    /// Whatever a script does, its end is told in the same words in both places.
    @Test(arguments: [
        "return 1, 'x', {a = {1, 2}}, nil, 2.5",
        "error('plain')",
        "error({code = 7, list = {1, 2}})",
        "local function f() error('deep') end\nlocal function g() f() end\ng()",
        "return nil + 1",
        "x = = 1",
        "return print",
        "return {1, 2, a = 3}",
        "local t = {} t[1] = t return t",
        "answer(1, 2, 3)",
        "sync('a', print)",
        "sync({[true] = 1})",
        "table.sort({3, 1, 2}, function(a, b) later('x') return a < b end)",
        "return (('abc'):gsub('.', function(c) return text(c) end))",
        "return table.concat(task.map({1, 2, 3}, later), ',')",
        "task.spawn(function() error('in a task') end)",
        "return pcall(fails)",
        "fails()",
        "return select('#', later(nil, nil)), later()",
        "return raw(1, 'x', nil, true, 1.5)",
        "return raw(1/0, print, {})",
        "coroutine.yield(1)",
        "return require('nothing')",
        "return require('module')",
        "require('broken')",
        "return tostring(handle), rawequal(echo(handle), handle)",
        "return math.random(1000), math.random(1000)",
        "local keys = {} for k in pairs(data) do keys[#keys + 1] = k end return keys",
        "return ('x'):rep(5 << 20)",
        "return ...",
    ]) func aRunEndsInTheSameWordsInBothPlaces(_ script: String) async throws {
        var ends: [Result<[LuaValue], AnyEnd>] = []
        for execution in [LuaExecution.inProcess, .process()] {
            var host = LuaHost()
            host.execution = execution
            prepare(&host)
            do {
                ends.append(.success(try await host.run(script, arguments: [1, ["k": "v"]], seed: 5)))
            } catch let error as LuaError {
                ends.append(.failure(.error(error)))
            } catch let killed as LuaKilled {
                ends.append(.failure(.killed(killed)))
            }
        }
        #expect(ends[0] == ends[1])
    }

    private enum AnyEnd: Error, Equatable {
        case error(LuaError)
        case killed(LuaKilled)
    }

    private func prepare(_ host: inout LuaHost) {
        host.function("answer") { (a: Int, b: String) in a }
        host.function("text") { (text: String) in text + text }
        host.register("sync", .sync { $0 })
        host.register(
            "raw",
            .raw { call in
                for index in 0..<call.count + 1 {
                    call.push(call.typeName(index))
                    call.push(call.isNil(index))
                    if let number = call.number(index) { call.push(number) }
                    if let flag = call.boolean(index) { call.push(flag) }
                    if let text = call.string(index) { call.push(text) }
                }
                call.push(call.position?.line.description ?? "nowhere")
            })
        host.function("echo") { (value: LuaValue) in value }
        host.function("fails") { () throws in throw LuaError("refused", value: ["kind": "denied", "status": 403]) }
        host.asyncFunction("later") { (value: LuaValue) async in value }
        host.setGlobal("handle", .handle(LuaHandle(kind: "secret", id: 9)))
        host.setGlobal("data", ["b": [1], "a": ["x": 1], "c": [:]])
        host.addModule(.script(name: "module", source: "return {name = ...}"))
        host.addModule(.script(name: "broken", source: "\n\nerror('in the module')"))
    }

    @Test func repliesThatAreLargerThanTheSocketTakesArrive() async throws {
        var host = host
        let large = String(repeating: "웹", count: 1 << 20)
        host.asyncFunction("large") { () async in large }
        host.function("echo") { (text: String) in text }
        let script = "local t = task.map({1, 2, 3, 4}, large) return #t[1] + #t[4], #echo(t[2])"
        #expect(try await host.run(script) == [.integer(6 << 20), .integer(3 << 20)])
    }

    @Test func aReplyBeyondAllBoundsIsAnErrorOfTheCall() async throws {
        var host = host
        host.asyncFunction("large") { () async in String(repeating: "x", count: 65 << 20) }
        host.function("largeNow") { () in [UInt8](repeating: 120, count: 65 << 20) }
        let script = "local _, a = pcall(large) local _, b = pcall(largeNow) return tostring(a), tostring(b)"
        let values = try await host.run(script)
        #expect(values[0].stringValue?.contains("the reply cannot be passed: a frame of") == true, "\(values)")
        #expect(values[1].stringValue?.contains("the result cannot be passed: a frame of") == true, "\(values)")
    }

    @Test func aScriptAtItsMemoryLimitIsKilledWhateverCannotBeAllocated() async throws {
        // Near the limit, then a result for which the worker's own code needs more.
        var host = host
        host.limits.memory = 16 << 20
        host.limits.valueBytes = 12 << 20
        host.function("take") { (_: String) in }
        let killed = try await #require(throws: LuaKilled.self) {
            try await host.run("local s = ('x'):rep(10 << 20) take(s) return s, s")
        }
        #expect(killed.reason == .memory, "\(killed)")
    }

    /// Ends in every way, five hundred times.
    @Test func nothingIsLeftOfFiveHundredRuns() async throws {
        var host = host
        host.limits.cpu = .milliseconds(20)
        host.limits.memory = 4 << 20
        host.asyncFunction("later") { (n: Int) async in n }
        let scripts = [
            "return 1", "return later(1)", "error('x')", "while true do end", "x = = 1",
            "local t = {} while true do t[#t + 1] = {} end", "print(1) return 1", "later(1) later(2)",
        ]
        _ = try? await host.run(scripts[0])
        let before = openDescriptors()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask { [host] in
                    for number in 0..<125 {
                        let run = host.start(scripts[(number + worker) % scripts.count])
                        if number % 10 == 9 { run.cancel() }
                        _ = try? await run.value()
                    }
                }
            }
            try await group.waitForAll()
        }
        // Workers are collected just after their runs have ended; other tests run beside this one.
        for _ in 0..<400 where openDescriptors() > before + 12 || zombies() > 0 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(openDescriptors() <= before + 12)
        #expect(zombies() == 0)
    }

    @Test func cancellingBeforeTheWorkerHasStartedEndsTheRun() async throws {
        for _ in 0..<20 {
            let run = host.start("while true do end")
            run.cancel()
            await #expect(throws: LuaKilled(reason: .cancelled)) { try await run.value() }
        }
    }

    @Test func aKillTellsTheLineThatWasRunning() async throws {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        var host = host
        host.function("started") { () in continuation.finish() }
        let run = host.start("started()\n\nwhile true do end")
        for await _ in started {}
        run.kill(.stopped)
        let killed = try await #require(throws: LuaKilled.self) { try await run.value() }
        #expect(killed.reason == .stopped)
        #expect(killed.position == nil || killed.position?.line == 3 || killed.position?.line == 1)
    }

    @Test func whatWasPrintedBeforeAKillIsNotLost() async throws {
        let lines = Mutex<[String]>([])
        var host = host
        host.limits.cpu = .milliseconds(20)
        host.onPrint = { line in lines.withLock { $0.append(line) } }
        await #expect(throws: LuaKilled.self) { try await host.run("for i = 1, 100 do print(i) end while true do end") }
        #expect(lines.withLock { $0 } == (1...100).map(String.init))
    }
}

/// Children of this process that have ended and that nobody has collected.
private func zombies() -> Int {
    var info = siginfo_t()
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD ? 1 : 0
}
