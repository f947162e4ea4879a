import Glibc
import LuaRuntime
import Synchronization
import Testing

/// What the host computes in place for a worker: whose time it is, and who waits for it.
@Suite struct ServiceTests {
    private func host(_ limits: LuaLimits) -> LuaHost {
        var host = LuaHost(limits: limits)
        host.execution = .process()
        return host
    }

    /// Computes for so many milliseconds of this thread's processor time.
    private static func compute(_ milliseconds: Int) {
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
        }
        let end = now() + milliseconds
        while now() < end {}
    }

    @Test func `what is computed for a script counts as its own time`() async throws {
        var limits = LuaLimits()
        limits.cpu = .milliseconds(200)
        var host = host(limits)
        let served = Mutex(0)
        host.function("compute") {
            Self.compute(20)
            served.withLock { $0 += 1 }
        }
        let killed = try await #require(throws: LuaKilled.self) {
            try await host.run("for i = 1, 1000 do pcall(compute) end")
        }
        #expect(killed.reason == .cpu)
        #expect(killed.position?.line == 1)
        // Ten, and those that a busy machine lets through before it is looked at.
        #expect((5...100).contains(served.withLock { $0 }))
    }

    @Test func `a service without end does not keep the end waiting`() async throws {
        var limits = LuaLimits()
        limits.cpu = nil
        var host = host(limits)
        let gate = Gate()
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        host.function("hang") {
            arrival.finish()
            gate.wait()
        }
        let run = host.start("\n pcall(hang)")
        for await _ in arrivals {}
        let clock = ContinuousClock()
        let began = clock.now
        run.kill(.deadline)
        let killed = try await #require(throws: LuaKilled.self) { try await run.value() }
        let spent = clock.now - began
        gate.open()
        #expect(killed.reason == .deadline)
        #expect(killed.position?.line == 2)
        #expect(spent < .seconds(20))
        #expect(try await host.run("return 1") == [1])
    }

    @Test func `a session ends such an evaluation, too`() async throws {
        var limits = LuaLimits()
        limits.cpu = .milliseconds(100)
        var host = host(limits)
        host.function("compute") { (milliseconds: Int) in Self.compute(milliseconds) }
        let session = LuaSession(host)
        let interrupted = try await #require(throws: LuaInterrupted.self) {
            try await session.evaluate("x = 1 while true do compute(10) end")
        }
        #expect(interrupted.reason == .cpu)
        #expect(try await session.evaluate("return x") == [1])
        let killed = try await #require(throws: LuaKilled.self) { try await session.evaluate("compute(3000)") }
        #expect(killed.reason == .cpu)
        session.close()
    }

    /// Closed until it is opened.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }
        func wait() { while !isOpen.withLock({ $0 }) { usleep(1000) } }
    }
}
