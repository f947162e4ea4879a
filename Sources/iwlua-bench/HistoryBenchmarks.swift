import Clocks
import Foundation
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvWire
import RunStore

/// What it costs to write a run down, and to find it again.
struct HistoryBenchmarks {
    static func comparisons() async throws -> [Comparison] {
        [try await journaling(), try await list(), try await ReplayBenchmark.comparison()]
    }

    // MARK: - A change in the journal

    /// The journal's part of a change, medians of both: two commits, each synced to the disk, and what is noted between.
    private static func journaling() async throws -> Comparison {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-journal-\(getpid())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = SystemClock()
        let journal = try await Journal.open(folder: folder.path)
        let log = try await journal.begin(header(at: clock.now), id: "r-bench", clock: clock)
        var configuration = SimulatorConfiguration(cloud: .demo(seed: 1, at: clock.now), clock: clock)
        configuration.quota = nil
        let simulator = try await IwinvSimulator.start(configuration)
        let credential = try Credential(
            accessKey: SimulatedKeys.demoAccessKey, secretKey: SimulatedKeys.demoSecretKey)
        let client = IwinvClient(
            ClientConfiguration(credential: credential, endpoint: try Endpoint(validating: simulator.endpoint)),
            budget: UnlimitedBudget(), clock: clock)
        var (own, peer): ([Double], [Double]) = ([], [])
        // In turns, so that a busy moment of the machine meets both.
        for call in 0..<500 as Range<UInt64> {
            own.append(try await seconds { try await change(call, log) })
            peer.append(try await seconds { _ = try await client.zones.list() })
        }
        try await client.shutdown()
        try await simulator.stop()
        try await log.end("done", report: [:])
        return Comparison(
            name: "writing a change down, synced twice (median)", peer: "one request over loopback",
            seconds: median(own), peerSeconds: median(peer))
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func change(_ call: UInt64, _ log: RunLog) async throws {
        let id = "INSTANCE-\(call)"
        log.note(
            .asked(
                CallQuestion(
                    call: call, task: 1, name: "iwinv.call", place: "bench.lua:1",
                    arguments: ["instances.edit", ["name": "www-01"], "one", .string(id)])))
        log.note(
            .intended(
                ChangeIntent(
                    call: call, operation: "instances.edit", id: id, name: "web-01", before: ["name": "web-01"],
                    wanted: ["name": "www-01"])))
        try await log.commit(.sending(call: call, attempt: 1))
        log.note(.answered(ChangeAnswer(call: call, attempt: 1, status: 200, outcome: "accepted", milliseconds: 1)))
        let record: JSONValue = [
            "operation": "instances.edit", "id": .string(id), "name": "web-01", "before": ["name": "web-01"],
            "after": ["name": "www-01"], "outcome": "confirmed",
        ]
        try await log.commit(.concluded(call: call, changes: [record]))
        log.note(.delivered(call: call, .success([["instance_id": .string(id)]])))
    }

    private static func header(at instant: Instant) -> RunHeader {
        RunHeader(kind: "run", script: "bench.lua", grants: ["instances:edit"], clockStart: instant)
    }

    // MARK: - The list

    /// `iwlua runs`, the whole process, over ten thousand runs of two changes each; it may take a tenth of a second.
    private static func list() async throws -> Comparison {
        let state = try await journal(of: 10_000)
        defer { try? FileManager.default.removeItem(at: state) }
        var least = Double.infinity
        for _ in 0..<15 { least = min(least, try await seconds { try run(state) }) }
        return Comparison(
            name: "`iwlua runs` over 10,000 runs", peer: "promised", seconds: least, peerSeconds: 0.1, limit: 1)
    }

    /// In memory if there is such a folder: the journal syncs for each of the runs, and that is not what is measured.
    private static func journal(of count: Int) async throws -> URL {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        let folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appendingPathComponent("iwlua-runs-\(getpid())")
        let clock = SystemClock()
        let journal = try await Journal.open(folder: folder.path)
        for number in 0..<count {
            let log = try await journal.begin(
                header(at: clock.now), id: "r\(number)", texts: ["-- bench"], clock: clock)
            for call in 1...2 as ClosedRange<UInt64> {
                log.note(.sending(call: call, attempt: 1))
                log.note(.concluded(call: call, changes: [["outcome": "confirmed"]]))
            }
            try await log.end("done", report: [:])
        }
        return folder
    }

    private static func run(_ state: URL) throws {
        try iwlua(["runs"], state: state)
    }

    /// The program, to its end; what it says is nobody's.
    static func iwlua(_ arguments: [String], state: URL, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("iwlua")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.environment = ["HOME": state.path, "IWLUA_STATE": state.path].merging(environment) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchProblem("iwlua \(arguments[0]) failed") }
    }
}
