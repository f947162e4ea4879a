import Clocks
import Foundation
import RunStore

/// What ten thousand schedules cost while nothing is due.
struct ScheduleBenchmarks {
    static func comparisons() async throws -> [Comparison] {
        let state = try await schedules(10_000)
        defer { try? FileManager.default.removeItem(at: state) }
        var least = Double.infinity
        for _ in 0..<15 {
            least = min(least, try await seconds { try HistoryBenchmarks.iwlua(["schedule", "list"], state: state) })
        }
        return [
            Comparison(
                name: "`iwlua schedule list` of 10,000", peer: "promised", seconds: least, peerSeconds: 0.1, limit: 1),
            try await idleDaemon(state),
        ]
    }

    /// Processor time of a daemon that has come up, over twenty seconds; it may take a hundredth of a core.
    private static func idleDaemon(_ state: URL) async throws -> Comparison {
        let daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("iwlua")
        daemon.arguments = ["daemon"]
        daemon.standardError = FileHandle.nullDevice
        daemon.environment = ["HOME": state.path, "IWLUA_STATE": state.path]
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        try await Task.sleep(for: .seconds(10))
        let before = try processorTime(daemon.processIdentifier)
        // A minute and more, so that what is done once a minute is in it.
        try await Task.sleep(for: .seconds(120))
        let used = try processorTime(daemon.processIdentifier) - before
        guard daemon.isRunning else { throw BenchProblem("the daemon has ended") }
        let resident = try memory(daemon.processIdentifier)
        return Comparison(
            name: "two minutes of an idle daemon of 10,000 schedules, \(resident) MiB resident",
            peer: "a hundredth of a core", seconds: used, peerSeconds: 1.2, limit: 1)
    }

    /// User and system (proc(5), fields 14 and 15), in seconds.
    private static func processorTime(_ pid: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ").map(String.init)
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw BenchProblem("/proc/\(pid)/stat cannot be read")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func memory(_ pid: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }

    /// In memory if there is such a folder: each addition is synced, and that is not what is measured.
    private static func schedules(_ count: Int) async throws -> URL {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        let folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("iwlua-schedules-\(getpid())")
        let ledger = try await ScheduleLedger.open(folder: folder.path)
        let now = SystemClock().now
        let hour = (now.seconds / 3600 + 6) % 24
        for number in 0..<count {
            try await ledger.add(
                ScheduleDefinition(
                    name: "schedule-\(number)", recurrence: "cron \(number % 60) \(hour) * * *", zone: "UTC",
                    script: "/srv/script-\(number % 100).lua", text: "f00", approval: "a1"), at: now)
        }
        return folder
    }
}
