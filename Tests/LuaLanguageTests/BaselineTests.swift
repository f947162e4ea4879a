import CLuaFence
import Foundation
import LuaMachine
import Testing

/// However a run ends, nothing of it stays.
@Suite struct BaselineTests {
    /// A script and what the machine says when it is advanced for the last time; every way that a run can end.
    static let endings: [(script: String, state: String)] = [
        ("return 1, 'a', {1, 2, {x = true}}", "finished"),
        ("error('no')", "failed"), ("error({code = 1, list = {1, 2}})", "failed"), ("return print", "failed"),
        ("local x <close> = setmetatable({}, {__close = function() error('second') end}) error('first')", "failed"),
        ("local function f() return 1 + f() end f()", "failed"), ("task.spawn(error, 'lost') ", "failed"),
        ("refuse()", "failed"), ("task.spawn(function() task.spawn(wait) refuse() end)", "failed"),
        ("local t = {} while true do t[#t + 1] = {('x'):rep(100)} end", "killed"),
        ("local s = ('x'):rep(1 << 16) while true do s = s .. s end", "killed"),
        ("while true do print('flood') end", "killed"),
        ("for i = 1, 100 do task.spawn(function() while true do wait() end end) end", "killed"),
        ("die() return 1", "killed"), ("pcall(die)", "killed"),
        ("table.sort({1, 2, 3}, function() die() end)", "killed"),
        ("('xyz'):gsub('.', function() die() end)", "killed"),
        ("coroutine.wrap(function() pcall(die) end)()", "killed"),
        ("load(function() die() end)", "killed"),
        ("local x <close> = setmetatable({}, {__close = die}) error('x')", "killed"),
        ("tostring(setmetatable({}, {__tostring = die}))", "killed"), ("xpcall(error, die)", "killed"),
        ("wait({1, 2, 3}, 'text')", "waiting"), ("for i = 1, 20 do task.spawn(wait, i) end wait()", "waiting"),
        ("coroutine.wrap(function() wait() end)()", "waiting"),
        (
            "local co = {} for i = 1, 50 do co[i] = coroutine.wrap(function() coroutine.yield(i) end) co[i]() end return 1",
            "finished"
        ),
        ("wait() return 'after'", "answered"), ("local ok = pcall(wait, 1) error(wait())", "answered"),
    ]

    private static func environment(_ interrupt: LuaInterrupt) -> LuaEnvironment {
        var environment = LuaEnvironment()
        environment.limits.memory = 512 << 10
        environment.limits.output = 2000
        environment.limits.calls = 150
        environment.print = { _ in }
        environment.register("wait", .call)
        environment.register(
            "die",
            .sync { _ in
                interrupt.kill(.stopped); return []
            })
        environment.register("refuse", .sync { _ in throw LuaError("no", value: ["kind": "denied"]) })
        return environment
    }

    private func end(_ ending: (script: String, state: String)) throws {
        let interrupt = LuaInterrupt()
        let machine = try LuaMachine(Self.environment(interrupt), seed: 1, interrupt: interrupt)
        try machine.start(source: ending.script, chunk: "s")
        var step = machine.advance()
        var rounds = 0
        while ending.state != "waiting", rounds < 400 {
            switch step.state {
            case .waiting, .yielded: step = machine.advance(step.calls.map { LuaReply($0, ["reply"]) })
            default: rounds = 400
            }
            rounds += 1
        }
        switch (step.state, ending.state) {
        case (.finished, "finished"), (.finished, "answered"), (.failed, "failed"), (.failed, "answered"),
            (.killed, "killed"), (.waiting, "waiting"):
            break
        default: Issue.record("\(ending.script): \(step.state)")
        }
        if case .killed = step.state { #expect(machine.memoryUsed == 0) }
    }

    /// The least of what the process has from malloc over a hundred runs: other tests run beside this one.
    private func least(over runs: Range<Int>) async throws -> Int {
        var least = Int.max
        for run in runs {
            try end(Self.endings[run % Self.endings.count])
            await Task.yield()  // others need the thread too
            if runs.upperBound - run <= 200 { least = min(least, Int(clf_process_allocated())) }
        }
        return least
    }

    @Test func tenThousandRunsLeaveNothingBehind() async throws {
        let before = try await least(over: 0..<1000)
        let after = try await least(over: 1000..<10_000)
        #expect(
            after - before < 2 << 20 || ProcessInfo.processInfo.environment["IWLUA_SANITIZED"] != nil,
            "\((after - before) >> 10) KiB more after 9000 runs")
        print("baseline: \(before >> 10) KiB after 1000 runs, \(after >> 10) KiB after 10000")
    }

    @Test func anIdleRunIsSmall() throws {
        let interrupt = LuaInterrupt()
        var machines: [LuaMachine] = []
        let warm = try LuaMachine(Self.environment(interrupt), seed: 1)
        _ = warm
        let before = Int(clf_process_allocated())
        for _ in 0..<1000 {
            let machine = try LuaMachine(Self.environment(interrupt), seed: 1)
            try machine.start(source: "wait()", chunk: "s")
            _ = machine.advance()
            machines.append(machine)
        }
        let each = (Int(clf_process_allocated()) - before) / 1000
        print("an idle run: \(each) bytes from malloc, \(machines[0].memoryUsed) of them in its heap")
        #expect(machines[0].memoryUsed < 40 << 10)
    }
}
