import LuaMachine
import Testing

@Suite struct TaskTests {
    static func environment() -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.register("get", .call)
        environment.register("fail", .call)
        return environment
    }

    /// Answers the newest call first, so that results arrive out of order. Returns how many were in flight at most.
    func runBackwards(_ script: String) throws -> (values: [LuaValue], most: Int, calls: [LuaValue]) {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(source: script, chunk: "script.lua")
        var waiting: [LuaCall] = []
        var replies: [LuaReply] = []
        var most = 0
        var seen: [LuaValue] = []
        while true {
            let step = machine.advance(replies)
            switch step.state {
            case .finished(let values): return (values, most, seen)
            case .failed(let error): throw error
            case .interrupted(let reason, let position): throw Interrupted(reason: reason, position: position)
            case .killed(let reason, let position): throw Killed(reason: reason, position: position)
            case .waiting, .yielded: break
            }
            waiting += step.calls
            seen += step.calls.map { $0.arguments.first ?? .nil }
            most = max(most, waiting.count)
            guard let last = waiting.popLast() else { throw Stalled() }
            replies = [
                last.name == "fail"
                    ? LuaReply(last, LuaError(.host, "failed \(last.arguments[0])"))
                    : LuaReply(last, last.arguments)
            ]
        }
    }

    /// The calls of a script, in their order, when replies are handed in that many at once.
    func calls(of script: String, batch: Int) throws -> [LuaValue] {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(source: script, chunk: "script.lua")
        var waiting: [LuaCall] = []
        var seen: [LuaValue] = []
        var step = machine.advance()
        while true {
            waiting += step.calls
            seen += step.calls.map { $0.arguments.first ?? .nil }
            switch step.state {
            case .finished: return seen
            case .failed(let error): throw error
            case .killed(let reason, let position), .interrupted(let reason, let position):
                throw Killed(reason: reason, position: position)
            case .waiting, .yielded: break
            }
            guard !waiting.isEmpty else { throw Stalled() }
            step = machine.advance(waiting.prefix(batch).map { LuaReply($0, $0.arguments) })
            waiting.removeFirst(min(batch, waiting.count))
        }
    }

    @Test func theOrderOfCallsDependsOnTheOrderOfRepliesOnly() throws {
        let script = """
            local function work(name)
                get(name .. "1")
                local inner = task.spawn(function() get(name .. "2") end)
                get(name .. "3")
                inner:wait()
                get(name .. "4")
            end
            local tasks = {}
            for _, name in ipairs { "a", "b", "c", "d" } do tasks[#tasks + 1] = task.spawn(work, name) end
            for _, t in ipairs(tasks) do t:wait() end
            """
        let one = try calls(of: script, batch: 1)
        #expect(one.count == 16)
        for batch in 2...5 { #expect(try calls(of: script, batch: batch) == one) }
    }

    @Test func fiftyItemsAreMappedWithTheLimitAndInOrder() throws {
        let script = """
            local list = {} for i = 1, 50 do list[i] = i end
            return task.map(list, function(item, index) return get(item * 10 + (index - item)) end, {limit = 7})
            """
        let result = try runBackwards(script)
        #expect(result.values == [.array((1...50).map { .integer($0 * 10) })])
        #expect(result.most == 7)
    }

    @Test func theLimitIsFourByDefault() throws {
        #expect(try runBackwards("return task.map({1, 2, 3, 4, 5, 6}, get)").most == 4)
    }

    @Test func afterAnErrorNothingNewStartsAndWhatIsInFlightEnds() throws {
        let script = """
            local ended = {}
            local ok, e = pcall(task.map, {1, 2, 3, 4, 5, 6, 7, 8}, function(item)
                if item == 3 then fail(item) end
                get(item)
                ended[#ended + 1] = item
            end, {limit = 3})
            return ok, e.message, ended
            """
        let result = try runBackwards(script)
        #expect(result.values[0] == false && result.values[1].stringValue?.hasPrefix("failed") == true)
        #expect(result.values[2] == [2, 1])
        #expect(result.calls == [1, 2, 3])
    }

    @Test func allRunsEveryFunction() throws {
        #expect(
            try runBackwards("return task.all{function() return get(1) end, function() return get(2) end}").values == [
                [1, 2]
            ])
    }

    @Test func aTaskGivesItsResultsToEveryoneWhoWaits() throws {
        let script = """
            local t = task.spawn(function(a, b) return get(a), nil, b end, 1, 2)
            local other = task.spawn(function() return select('#', t:wait()) end)
            local a, b, c = t:wait()
            return a, b, c, other:wait(), t:done(), tostring(t), select(3, t:wait())
            """
        #expect(try runBackwards(script).values == [1, .nil, 2, 3, true, "task: 2", 2])
    }

    @Test func theRunEndsWhenTheLastTaskHasEnded() throws {
        let result = try runBackwards("task.spawn(function() get(1) get(2) end) return 'main'")
        #expect(result.values == ["main"] && result.calls == [1, 2])
    }

    @Test func anErrorThatNobodyWaitsForFailsTheRun() throws {
        let error = try #require(throws: LuaError.self) {
            try runBackwards("task.spawn(function()\nerror('lost')\nend)\nget(1)\nreturn 1")
        }
        #expect(error.message == "lost" && error.position == LuaPosition(chunk: "script.lua", line: 2))
    }

    @Test func anErrorIsRaisedInTheOneWhoWaits() throws {
        let script = """
            local t = task.spawn(function() fail(1) end)
            local ok, e = pcall(t.wait, t)
            return ok, e.message, tostring(e)
            """
        #expect(try runBackwards(script).values == [false, "failed integer(1)", "script.lua:1: failed integer(1)"])
    }

    @Test func whenTheMainTaskFailsWhatIsInFlightEndsFirst() throws {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(
            source: "task.spawn(function() get(1) get(2) end)\nget(0)\nerror('stop')", chunk: "script.lua")
        let calls = machine.advance().calls
        #expect(calls.map(\.arguments) == [[0], [1]])
        guard case .waiting = machine.advance([LuaReply(calls[0], [])]).state else {
            Issue.record("it did not wait for the call in flight")
            return
        }
        let step = machine.advance([LuaReply(calls[1], [])])
        guard case .failed(let error) = step.state else {
            Issue.record("it did not fail")
            return
        }
        #expect(step.calls.isEmpty && error.message == "stop")
        #expect(error.position == LuaPosition(chunk: "script.lua", line: 3))
    }

    @Test(arguments: [
        (
            "local a, b a = task.spawn(function() b:wait() end) b = task.spawn(function() a:wait() end) a:wait()",
            "a task cannot wait for itself"
        ),
        ("local t t = task.spawn(function() t:wait() end) t:wait()", "a task cannot wait for itself"),
    ])
    func tasksThatWaitForEachOtherAreAnError(_ script: String, _ message: String) throws {
        let error = try #require(throws: LuaError.self) { try run(script) }
        #expect(error.message == message)
    }

    @Test func tooManyTasksAreAnError() throws {
        var environment = Self.environment()
        environment.limits.tasks = 5
        let error = try #require(throws: LuaError.self) { try run("for i = 1, 9 do task.spawn(get) end", environment) }
        #expect(error.code == .limit && error.message == "too many tasks at once (limit 5)")
        #expect(try run("for i = 1, 99 do task.spawn(get):wait() end return 1", environment) == [1])
    }

    @Test func aSliceCanBeGivenUpBetweenTwoTasks() throws {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(source: "for i = 1, 3 do task.spawn(function() end) end", chunk: "script.lua")
        machine.interrupt.yieldSlice()
        guard case .yielded = machine.advance().state else {
            Issue.record("it did not yield")
            return
        }
        #expect(try finish(machine).isEmpty)
    }

    @Test func aKilledMachineStaysKilledAndIsEmpty() throws {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(source: "get(1)", chunk: "script.lua")
        let calls = machine.advance().calls
        machine.interrupt.kill(.cancelled)
        for _ in 0..<2 {
            guard case .killed(.cancelled, _) = machine.advance([LuaReply(calls[0], [])]).state else {
                Issue.record("it lived")
                return
            }
        }
        #expect(machine.memoryUsed == 0)
    }

    @Test func aCallOfATaskWithoutAScriptFrameHasTheLineThatSpawnedIt() throws {
        let script =
            "\ntask.map({1, 2}, get)\n\nlocal t = task.spawn(fail, 1)\nlocal ok, e = pcall(t.wait, t)\nreturn tostring(e)"
        var lines: [Int?] = []
        let values = try run(script, Self.environment()) { call in
            lines.append(call.position?.line)
            return call.name == "fail" ? .failure(LuaError(.host, "no")) : .success([])
        }
        #expect(lines == [2, 2, 4])
        #expect(values == ["script.lua:4: no"])
    }

    @Test func errorsThatNobodyWaitsForDoNotPileUp() throws {
        let script = """
            local big = ('x'):rep(1 << 20)
            while true do
                local last
                for i = 1, 10 do last = task.spawn(function() error({big = big}) end) end
                pcall(last.wait, last)
            end
            """
        let error = try #require(throws: LuaError.self) { try run(script) }
        #expect(error.value?["big"] != nil)
    }

    @Test func manyLargeCallsAreHandedOverInPieces() throws {
        let machine = try LuaMachine(Self.environment(), seed: 1)
        try machine.start(
            source: "local s = ('x'):rep(3 << 20) for i = 1, 20 do task.spawn(get, s) end", chunk: "script.lua")
        let first = machine.advance()
        guard case .yielded = first.state else {
            Issue.record("all at once")
            return
        }
        #expect(first.calls.count == 6)
        #expect(machine.advance().calls.count == 6)
    }
}
