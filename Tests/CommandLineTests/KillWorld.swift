import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import TestSupport
import Testing

/// A cloud on loopback, and a program that is killed at any instant and goes on.
struct KillWorld {
    let iwlua: Iwlua
    let simulator: IwinvSimulator
    let environment: [String: String]

    /// How many rounds a test of random instants has: `IWLUA_KILLS`, 7 if unset.
    static let kills = ProcessInfo.processInfo.environment["IWLUA_KILLS"].flatMap { Int($0) } ?? 7

    /// - Parameters:
    ///   - servers: `web-001` and so on.
    ///   - timing: how long the cloud takes for things.
    ///   - more: What the cloud has besides: `volumes`, `firewalls`.
    init(
        servers: Int, faults: [String] = [], timing: Timing = Timing(), more: [String: JSONValue] = [:]
    ) async throws {
        iwlua = try Iwlua()
        let description = JSONValue.object(
            more.merging(["servers": [["name": "web-%03d", "count": .integer(Int64(servers))]]]) { $1 })
        let clock = SystemClock()
        var cloud = try Cloud(FleetDescription(description), seed: 1, at: clock.now)
        cloud.timing = timing
        var configuration = SimulatorConfiguration(cloud: cloud, clock: clock)
        configuration.quota = nil
        configuration.faults = try faults.flatMap(FaultRule.rules(in:))
        simulator = try await IwinvSimulator.start(configuration)
        environment = [
            "IWLUA_ENDPOINT": simulator.endpoint, "IWINV_ACCESS_KEY": "simulated-access-key",
            "IWINV_SECRET_KEY": "simulated-secret-key", "IWLUA_BUDGET": "none", "IWLUA_TIMEOUT": "2s",
            "IWLUA_STATE": iwlua.folder.appendingPathComponent("state").path,
        ]
    }

    /// From now on the cloud has these faults.
    func setFaults(_ faults: [String]) throws {
        simulator.setFaults(try faults.flatMap(FaultRule.rules(in:)))
    }

    func end() async throws {
        try await simulator.stop()
        iwlua.remove()
    }

    /// How often each resource was changed.
    func effects(_ operation: OperationName) -> [String: Int] {
        let changes = simulator.requests.filter { $0.operation == operation && $0.hadEffect }
        return Dictionary(
            changes.map { (String($0.target.split(whereSeparator: { $0 == "/" || $0 == "?" })[2]), 1) },
            uniquingKeysWith: +)
    }

    /// The servers' names, sorted.
    var names: [String] { simulator.cloud.servers(at: SystemClock().now).map(\.name).sorted() }

    func journal() async throws -> Journal { try await Journal.open(folder: environment["IWLUA_STATE"] ?? "") }

    /// Runs, and kills after so many microseconds; the exit code, nil if it was killed.
    func run(
        _ arguments: [String], killedAfter delay: Int? = nil, with more: [String: String] = [:]
    ) async throws -> Iwlua.Result {
        let process = try iwlua.start(Iwlua.binary, arguments, environment: environment.merging(more) { $1 })
        if let delay {
            // The instant is what is tested; the test itself waits for the process.
            try await Task.sleep(for: .microseconds(delay))
            process.signal(SIGKILL)
        }
        return try await process.end()
    }

    /// Runs, dying where the point is reached for the `number`th time. Where that takes a run that goes on, it is killed
    /// and goes on first.
    func dying(_ arguments: [String], at point: FailPoint, _ number: Int) async throws -> Iwlua.Result {
        func die(_ arguments: [String], _ point: FailPoint, _ number: Int) async throws -> Iwlua.Result {
            try await run(arguments, with: ["IWLUA_FAIL_AT": "\(point.rawValue)#\(number)"])
        }
        guard point == .afterResumed else { return try await die(arguments, point, number) }
        _ = try await die(arguments, .afterSending, number)
        return try await die(["resume", "last"], point, 1)
    }

    /// Lets the run that died at a point go on to its end. One that had ended is not to go on: then its report is the one
    /// that the journal keeps.
    func resumedToTheEnd(after point: FailPoint) async throws -> Iwlua.Result {
        var result = try await run(["resume", "last", "--output", "json"])
        guard point == .afterEnd else { return result }
        #expect(result.status == 2 && result.errors.contains("has ended well"), "\(result.errors)")
        result = try await run(["replay", "last", "--output", "json"])
        return result
    }

    /// Kills a run at a random instant, then its resumptions, and lets the last one end.
    ///
    /// - Parameters:
    ///   - start: What begins it: `run …`, `apply …`, `undo …`.
    ///   - span: Within how many microseconds it is killed.
    ///   - unknown: What is said to `resume` besides.
    func killed(
        _ start: [String], dice: inout Dice, span: Int, unknown: [String] = []
    ) async throws -> Iwlua.Result {
        let before = try await journal().runs().count
        var result = try await run(start, killedAfter: Int.random(in: 0..<span, using: &dice))
        let journal = try await journal()
        if try await journal.runs().count == before { result = try await run(start) }
        let resume = ["resume", "last", "--output", "json"] + unknown
        for _ in 0..<Int.random(in: 0..<3, using: &dice) {
            result = try await run(resume, killedAfter: Int.random(in: 0..<span, using: &dice))
        }
        // Faults may end it: each time it goes on where it was.
        for _ in 0..<12 where result.status != 0 {
            if case .ended("done") = try await journal.find("last").state { break }
            result = try await run(resume)
        }
        return result
    }

    /// The last run has ended, its journal is whole, and nothing of it is open.
    ///
    /// - Returns: The outcomes of its changes.
    func outcomes(_ comment: Comment) async throws -> [String] {
        let journal = try await journal()
        #expect(try await journal.verify().faults.isEmpty, comment)
        let run = try await journal.find("last")
        #expect(run.state == .ended("done"), comment)
        #expect(run.unknown == 0 && run.open == 0, comment)
        let history = RunHistory(try await journal.entries(of: run.id))
        return history.changes.values.flatMap { $0.changes ?? [] }.compactMap { $0["outcome"]?.stringValue }
    }
}

extension FailPoint {
    /// Whether a run comes there once only.
    var isReachedOnce: Bool {
        switch self {
        case .afterBegin, .beforeEnd, .afterEnd: true
        default: false
        }
    }

    /// What has to go wrong for a run to come there: replies are looked for where they were lost.
    var faults: [String] {
        switch self {
        case .beforeLook, .afterLook: ["instances.edit: lost-reply"]
        default: []
        }
    }
}
