import Synchronization
import Testing

@testable import LuaRuntime

/// Programs of nested guards around a loop, interrupted at any moment: the state goes on each time, and its memory comes
/// back.
@Suite struct RandomInterruptTests {
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let loops = [
        "while true do end", "while true do pcall(error, {}) end",
        "while true do local t = {} for i = 1, 50 do t[i] = {i} end end",
        "while true do ping() end", "while true do pcall(ping) end",
        "while true do ('abc'):rep(500):gsub('b', '%0%0') end",
        "while true do pcall(string.rep, 'x', 100000) end", "local s = '' while #s < 100000 do s = s .. 'x' end",
        "while true do coroutine.wrap(function() coroutine.yield(1) end)() end",
        "while true do load('return ' .. ('1+'):rep(200) .. '1')() end", "while true do add(1, 2) end",
        "local t = {} for i = 1, 3000 do t[i] = -i end while true do table.sort(t) table.concat(t, ',') end",
        "while true do for k, v in pairs(kept) do v = k end end", "while true do task.map({1, 2, 3}, ping) end",
        "local function f() return f() end f()", "local function f() f() end while true do pcall(f) end",
        "while true do print('x') end",
        "while true do tostring(setmetatable({}, {__tostring = function() return 'x' end})) end",
        "while true do pcall(require, 'broken') end",
    ]
    private static let wrappers = [
        "pcall(function() @ end)", "xpcall(function() @ end, function(e) @ end)",
        "while true do pcall(function() @ end) end",
        "coroutine.wrap(function() @ end)()", "coroutine.resume(coroutine.create(function() @ end))",
        "table.sort({3, 2, 1}, function(a, b) @ return a < b end)", "('abc'):gsub('.', function() @ end)",
        "load(function() @ end)", "do local x <close> = setmetatable({}, {__close = function() kept.n = 1 end}) @ end",
        "return setmetatable({}, {__index = function() @ end}).x", "task.spawn(function() @ end):wait()",
        "task.all({function() @ end, function() ping() @ end})",
        "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) coroutine.close(co) @",
        "for _ in function() @ end do end", "local x <close> = setmetatable({}, {__close = function() ping() end}) @",
    ]

    private static func program(_ random: inout Seeded) -> String {
        var text = loops.randomElement(using: &random) ?? ""
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let wrapper = wrappers.randomElement(using: &random) ?? "@"
            text = wrapper.split(separator: "@", omittingEmptySubsequences: false).joined(separator: "do \(text) end")
        }
        return text
    }

    /// So much garbage that the collector comes round several times: what is left is in use, or not much.
    private static let collection = "for i = 1, 200000 do local garbage = {} end "

    @Test(arguments: Place.allCases.map { ($0, $0 == .inProcess ? 1000 : 300) })
    func aThousandInterruptsLeaveAStateThatWorks(_ place: Place, _ count: Int) async throws {
        var random = Seeded(state: 20_261_123)
        var host = place.host()
        host.limits.output = 100 << 20
        host.limits.calls = 1_000_000
        host.onPrint = { _ in }
        host.function("add") { (a: Int, b: Int) in a + b }
        host.asyncFunction("ping") { () async in await Task.yield() }
        host.addModule(.script(name: "broken", source: "for i = 1, 100 do end error('broken')"))
        let session = LuaSession(host, seed: 1)
        let check = """
            local sum = 0 for k, v in pairs(kept) do sum = sum + v end
            return sum, #kept, coroutine.wrap(function() return 1 + 1 end)(), task.spawn(add, 1, 2):wait()
            """
        _ = try await session.evaluate("kept = {} for i = 1, 100 do kept[i] = i end kept.n = 1")
        _ = try await session.evaluate(Self.collection + check)
        let before = session.heap
        var interrupted = 0
        for index in 0..<count {
            let program = Self.program(&random)
            let spins = Int.random(in: 0...400, using: &random)
            let ended = Flag()
            let outcome = Task {
                defer { ended.set() }
                return try await session.evaluate(program, name: "program \(index)")
            }
            for _ in 0..<spins { await Task.yield() }
            // It may not have begun when the first one comes.
            while !ended.isSet {
                session.interrupt()
                await Task.yield()
            }
            do { _ = try await outcome.value } catch is LuaInterrupted { interrupted += 1 } catch is LuaError {}
            if index % 10 == 0 || index == count - 1 {
                #expect(try await session.evaluate(check) == [5051, 100, 2, 3], "after \(index): \(program)")
            }
        }
        #expect(interrupted > count / 2)
        _ = try await session.evaluate(Self.collection + check)
        // Between two rounds of the collector it comes and goes by 100 KiB, after 6,000 interrupts as after 500; a thousand
        // that each left a coroutine behind would leave a megabyte.
        if let before, let after = session.heap { #expect(after - before < 192 << 10, "\(before) -> \(after)") }
        session.close()
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

extension LuaSession {
    /// Bytes of the state, where it can be asked.
    fileprivate var heap: Int? { (control as? InProcessRun)?.machine?.memoryUsed }
}
