import Clocks
import Foundation
import IwinvModel
import IwinvSimulator

/// Ten processes with one key, thirty requests each, against one simulator: the time beside the least that the quota
/// allows.
enum BudgetBenchmark {
    private static let processes = 10
    private static let requestsEach = 30
    private static let limit = 60
    private static let window = 6

    static func comparison() async throws -> Comparison {
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.quota = .init(limit: limit, window: .seconds(window))
        let simulator = try await IwinvSimulator.start(configuration)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-bench-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("thirty.lua")
        try Data("for i = 1, \(requestsEach) do require('iwinv').zones.list() end".utf8).write(to: script)
        let time = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<processes {
                    group.addTask { try await run(script, simulator.endpoint, folder) }
                }
                try await group.waitForAll()
            }
        }
        let refused = simulator.requests.count { $0.status == 429 }
        precondition(refused == 0, "\(refused) requests were refused with 429")
        try await simulator.stop()
        let least = Double((processes * requestsEach - 1) / limit * window)
        return Comparison(
            name: "\(processes) processes × \(requestsEach) requests, \(limit) in \(window) s",
            peer: "the least the quota allows",
            seconds: time, peerSeconds: least, limit: 1.03)
    }

    private static func run(_ script: URL, _ endpoint: String, _ folder: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("iwlua")
        process.arguments = ["run", script.path]
        process.environment = [
            "HOME": folder.path, "IWLUA_ENDPOINT": endpoint, "IWLUA_BUDGET": "\(limit)/\(window)",
            "IWINV_ACCESS_KEY": SimulatedKeys.demoAccessKey, "IWINV_SECRET_KEY": "simulated-secret-key",
        ]
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { process in
                precondition(process.terminationStatus == 0, "iwlua ended with \(process.terminationStatus)")
                continuation.resume()
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
