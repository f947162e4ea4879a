import Foundation
import LuaRuntime
import Synchronization

/// What the sandbox costs: plain Lua in it beside the system's `lua5.4`, its start, its end, and its size.
///
/// The loads take `lua5.4` half a second and more, so that the start of the processes is small beside them; it is a line of
/// its own.
struct SandboxBenchmarks {
    private let processes: ProcessBenchmarks

    init() throws { processes = try ProcessBenchmarks() }

    /// - Parameter words: of the loads' names; none means all.
    func comparisons(_ words: [String] = []) async throws -> [Comparison] {
        defer { try? FileManager.default.removeItem(at: processes.folder) }
        var made: [Comparison] = []
        for load in Self.loads where words.isEmpty || words.contains(where: load.name.contains) {
            made += try await processes.compareProcessors(
                load.name, load.source, rounds: 5, limit: load.limit)
        }
        return made
    }

    /// Prints what is no ratio.
    func figures() async throws {
        try await idleRuns()
        try await startUp()
        try await call()
        try await kills()
    }

    // MARK: - Figures

    private func startUp() async throws {
        let (own, peer) = try await processes.wallTimes("return 1", rounds: 15)
        print("start-up of `iwlua run` beyond that of lua5.4: \(Self.tenths((own - peer) * 1000)) ms (at most 15)")
    }

    private func host() -> LuaHost {
        var host = LuaHost()
        host.execution = .process()
        return host
    }

    /// A call of the jailed worker that the parent answers in place: from one to the next.
    private func call() async throws {
        let clock = ContinuousClock()
        let times = Mutex<[ContinuousClock.Instant]>([])
        var host = host()
        host.function("tick") { (n: Int) in
            times.withLock { $0.append(clock.now) }
            return n
        }
        _ = try await host.run("for i = 1, 10000 do tick(i) end")
        let instants = times.withLock { $0 }
        let gaps = zip(instants.dropFirst(), instants).map { Self.milliseconds($0 - $1) * 1000 }.sorted()
        print("host call through both walls, answered by the parent: median \(Self.tenths(gaps[gaps.count / 2])) µs")
    }

    /// How long after its limit a run that does not end by itself has ended.
    private func kills() async throws {
        let scripts = [
            "while true do end", "while true do pcall(error) end",
            "return ('a'):rep(3000):find(('.-'):rep(6) .. 'b')", "while true do local t = {} t[1] = {} end",
        ]
        let clock = ContinuousClock()
        var late: (cpu: [Double], wall: [Double]) = ([], [])
        for script in scripts {
            for limitsProcessor in [true, false] {
                var host = host()
                if limitsProcessor { host.limits.cpu = .seconds(1) } else { host.limits.wall = .seconds(1) }
                let start = clock.now
                let run = host.start(script)
                do {
                    _ = try await run.value()
                    throw BenchProblem("\(script) ended")
                } catch let killed as LuaKilled {
                    guard killed.reason == (limitsProcessor ? .cpu : .deadline) else { throw killed }
                }
                if limitsProcessor {
                    late.cpu.append(Self.milliseconds(run.usage.cpu) - 1000)
                } else {
                    late.wall.append(Self.milliseconds(clock.now - start) - 1000)
                }
            }
        }
        print(
            "ended after a limit of 1 s: processor time "
                + late.cpu.map { Self.tenths($0) }.joined(separator: ", ") + " ms of it later; wall time "
                + late.wall.map { Self.tenths($0) }.joined(separator: ", ") + " ms later")
    }

    /// A thousand runs in this process, each waiting in a call of its own.
    private func idleRuns() async throws {
        let count = 1000
        let waiting = Waiting()
        var host = LuaHost()
        host.execution = .inProcess
        host.callHandler("wait") { _ in
            await waiting.wait()
            return []
        }
        func start(_ count: Int) -> [LuaRun] { (0..<count).map { _ in host.start("wait()") } }
        let warm = start(20)
        await waiting.arrive(20)
        let before = try Self.residentMemory()
        let runs = start(count)
        await waiting.arrive(20 + count)
        let each = Double(try Self.residentMemory() - before) / Double(count) / 1024
        waiting.release()
        for run in warm + runs { _ = try await run.value() }
        print("\(count) idle runs in this process: \(Self.tenths(each)) KiB each (at most 40)")
    }

    /// Where the runs wait; counts them.
    private final class Waiting: Sendable {
        private struct State {
            var waiters: [CheckedContinuation<Void, Never>] = []
            var arrivals: (count: Int, continuation: CheckedContinuation<Void, Never>)?
        }

        private let state = Mutex(State())

        func wait() async {
            await withCheckedContinuation { continuation in
                let arrived = state.withLock { state in
                    state.waiters.append(continuation)
                    guard let arrivals = state.arrivals, state.waiters.count >= arrivals.count else {
                        return nil as CheckedContinuation<Void, Never>?
                    }
                    state.arrivals = nil
                    return arrivals.continuation
                }
                arrived?.resume()
            }
        }

        func arrive(_ count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.waiters.count >= count { return true }
                    state.arrivals = (count, continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }

        func release() {
            for waiter in state.withLock({ $0.waiters }) { waiter.resume() }
        }
    }

    /// Bytes, from the second field of /proc/self/statm.
    private static func residentMemory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchProblem("/proc/self/statm: \(text)")
        }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
    }

    private static func tenths(_ number: Double) -> String { String(format: "%.1f", number) }
}
