import Clocks
import Foundation
import IwinvModel
import IwinvSimulator

/// How fast a recorded run is gone through again, offline.
enum ReplayBenchmark {
    private static let calls = 2000

    /// The whole process of `iwlua replay` over a run of two thousand calls, beside that run over loopback.
    static func comparison() async throws -> Comparison {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-replay-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appendingPathComponent("calls.lua")
        let text = "local iwinv = require 'iwinv' for i = 1, \(calls) do iwinv.zones.list() end"
        try Data(text.utf8).write(to: script)
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.quota = nil
        let simulator = try await IwinvSimulator.start(configuration)
        let environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWLUA_BUDGET": "none",
            "IWINV_ACCESS_KEY": SimulatedKeys.demoAccessKey, "IWINV_SECRET_KEY": SimulatedKeys.demoSecretKey,
        ]
        let peer = try await seconds {
            try HistoryBenchmarks.iwlua(["run", script.path], state: folder, environment: environment)
        }
        try await simulator.stop()
        var least = Double.infinity
        for _ in 0..<7 {
            least = min(least, try await seconds { try HistoryBenchmarks.iwlua(["replay", "last"], state: folder) })
        }
        let speed = (Double(calls) / least).formatted(
            .number.precision(.fractionLength(0)).locale(.init(identifier: "en")))
        return Comparison(
            name: "`iwlua replay`, one call of \(calls) (\(speed) a second, with the process)",
            peer: "recording it over loopback", seconds: least / Double(calls), peerSeconds: peer / Double(calls))
    }
}
