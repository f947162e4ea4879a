import Foundation
import Gate
import IwinvCatalog
import IwinvSimulator
import IwinvTesting
@testable import LuaMachine
@testable import LuaRuntime
@testable import ScriptHost
import Synchronization
import TestSupport
import Testing
import WorkerLies
@testable import WorkerProtocol

/// A process that plays the worker calls the functions behind the module `iwinv` as no script can. What the gate refuses a
/// script it refuses this one, too: nothing else reaches the cloud.
@Suite struct LyingWorkerTests {
    /// The functions of a run's host as a worker calls them: by number.
    struct Functions: Sendable {
        var all: [WorkerSetup.Function]

        /// - Returns: a number that no function has for a name that is none.
        func number(_ name: String) -> UInt32 {
            UInt32(all.firstIndex { $0.name == name } ?? all.count + 1000)
        }
    }

    /// One thing that a worker asks for.
    struct Request: Sendable {
        var function: String
        var arguments: [LuaValue]
        var isCall = true

        init(_ function: String, _ arguments: [LuaValue], isCall: Bool = true) {
            (self.function, self.arguments, self.isCall) = (function, arguments, isCall)
        }
    }

    /// A talk in which each request is answered before the next one.
    static func talk(_ requests: [Request], _ functions: Functions, then rest: [LiarStep]? = nil) -> [LiarStep] {
        var steps: [LiarStep] = [.report, .take(1)]
        var (calls, replies): (UInt64, UInt64) = (0, 0)
        for request in requests {
            let function = functions.number(request.function)
            if request.isCall {
                calls += 1
                steps.append(.say(.call(function: function, id: calls, task: 1, request.arguments, nil)))
                steps.append(.say(.idle(replies: replies, WorkerUsage())))
                replies += 1
            } else {
                steps.append(.say(.ask(function: function, request.arguments.map { .value($0) }, nil)))
            }
            steps.append(.take(1))
        }
        return steps + (rest ?? [.say(.finished([1], WorkerUsage()))])
    }

    struct Outcome: Sendable {
        var report: RunReport
        /// The changes that reached the cloud.
        var changes: [RecordedRequest]
        var requests: Int
    }

    /// Starts a cloud, runs a worker that says those steps, and stops it.
    static func run(
        grants: [String] = [], protected: [String] = [], maximum: Int? = nil, planning: Bool = false,
        limits: (inout LuaLimits) -> Void = { _ in },
        steps: @escaping @Sendable (Functions, [String: String]) -> [LiarStep]
    ) async throws -> Outcome {
        let cloud = try await SimulatedCloud.start { $0.quota = nil }
        let client = try cloud.client()
        let worker = try LyingWorker()
        var host = ScriptHost(client: client, clock: cloud.clock)
        host.execution = .process(worker: worker.path)
        // One that waits for what never comes ends as an error of the test.
        host.limits.wall = .seconds(120)
        limits(&host.limits)
        let problem = Mutex<(any Error)?>(nil)
        // The servers' identifiers by their names.
        let servers = Dictionary(
            cloud.simulator.cloud.servers.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        host.additions.append { lua, _ in
            let functions = Functions(all: WorkerSetup.make(lua.environment).setup.functions)
            do { try worker.write(steps(functions, servers)) } catch { problem.withLock { $0 = error } }
        }
        var options = RunOptions(
            rules: .program(
                grants: try grants.map { try Grant($0) }, protected: protected.map { NamePattern($0) },
                maximumChanges: maximum))
        if planning { options.planner = Planner(at: cloud.clock.now) }
        let report = await host.run(try Script(source: "return 1"), options: options)
        if let problem = problem.withLock({ $0 }) { throw problem }
        let requests = cloud.simulator.requests
        try await client.shutdown()
        try await cloud.stop()
        return Outcome(report: report, changes: requests.filter(isChange), requests: requests.count)
    }

    /// Links and passwords are asked for by other methods than `GET`, and change nothing.
    static func isChange(_ request: RecordedRequest) -> Bool {
        guard request.method != "GET" else { return false }
        return request.operation.flatMap { Catalog.iwinv[$0] }?.effect.isChange ?? true
    }

    /// What each change takes, and what none takes.
    static let arguments: [LuaValue] = [
        .nil, [:], ["name": "zz-0001"], ["name": "zz-0001", "count": .integer(1 << 62)], ["count": .integer(.max)],
        ["instance_id": "INSTANCE-1", "name": "zz-0001"], ["name": .number(.nan)], ["name": .bytes([0xff])],
        ["instance_id": .array([]), "name": .object(["a": 1])], .array([["name": "zz-0001"]]),
        ["name": .handle(LuaHandle(kind: "secret", id: 1))], .string("name"), .integer(.min), .boolean(true),
    ]

    static let changes = Catalog.iwinv.operations.filter(\.effect.isChange).map(\.name)

    @Test func `without a grant no change reaches the cloud, whatever is asked for`() async throws {
        let requests = Self.changes.flatMap { name in
            Self.arguments.flatMap { arguments in
                [
                    Request("iwinv.call", [.string("\(name)"), arguments, "one", "INSTANCE-1"]),
                    Request("iwinv.page", [.string("\(name)"), arguments, 1]),
                ]
            } + [
                Request("iwinv.call", [.string("\(name)"), [:], "all", .nil, "x"]),
                Request("check", [.string("\(name)"), [:]], isCall: false),
            ]
        }
        #expect(requests.count > 500)
        let outcome = try await Self.run(limits: { $0.calls = 100_000 }) { functions, _ in
            Self.talk(requests, functions)
        }
        #expect(outcome.report.ended == .done, "\(outcome.report)")
        #expect(outcome.changes.isEmpty, "\(outcome.changes)")
        #expect(outcome.report.changes.isEmpty)
    }

    /// Numbers of pages that no list has: in a plan each ended the program.
    static let pages: [LuaValue] = [
        0, -1, -5, .integer(1 << 62), .integer(-(1 << 62)), .integer(.max), .integer(.min), 1_000_001, .number(0.5),
        .number(.nan), .number(.infinity), .number(0x1p63), .number(-0x1p63), "0", "-5", "9223372036854775807", .nil,
        .boolean(true), [], [:], .array([0]), .bytes([0xff]), .handle(LuaHandle(kind: "page", id: 0)),
    ]

    @Test(arguments: [true, false]) func `a page may have any number, in a plan and in a run`(_ planning: Bool)
        async throws
    {
        let lists = Catalog.iwinv.operations.filter { !$0.effect.isChange }.map(\.name)
        let requests =
            [Request("iwinv.call", ["instances.list", [:], "all"])]
            + lists.flatMap { name in
                Self.pages.flatMap { page in
                    [
                        Request("iwinv.page", [.string("\(name)"), [:], page]),
                        Request("iwinv.page", [.string("\(name)"), [:], 1, page]),
                        Request("close_stream", [page], isCall: false),
                    ]
                }
            }
        let outcome = try await Self.run(grants: ["instances:edit"], planning: planning, limits: { $0.calls = 100_000 })
        {
            functions, _ in Self.talk(requests, functions)
        }
        #expect(outcome.report.ended == .done, "\(outcome.report)")
        #expect(outcome.changes.isEmpty)
    }

    /// Every function of the host with whatever comes, by a worker that may do everything but make a change.
    @Test(arguments: [true, false], [1, 2]) func `a dialogue of random calls changes nothing and ends nobody`(
        _ planning: Bool, _ seed: UInt64
    ) async throws {
        let grants = Set(Catalog.iwinv.operations.map { "*:\($0.effect.rawValue)" }).sorted()
        let outcome = try await Self.run(
            grants: grants, maximum: 0, planning: planning,
            limits: {
                $0.calls = 100_000
                $0.cpu = nil
                $0.output = 1 << 30
            },
            steps: { functions, servers in
                var dice = Dice(state: seed)
                let names = Catalog.iwinv.operations.map { LuaValue.string("\($0.name)") }
                let ids = servers.values.sorted().map { LuaValue.string($0) }
                func value() -> LuaValue {
                    switch Int.random(in: 0..<6, using: &dice) {
                    case 0, 1: names.randomElement(using: &dice) ?? .nil
                    case 2: ids.randomElement(using: &dice) ?? .nil
                    case 3: Self.pages.randomElement(using: &dice) ?? .nil
                    case 4:
                        ["one", "all", "active", "30s", "-1s", "\u{202e}", "\0"].randomElement(using: &dice) ?? .nil
                    default: Self.arguments.randomElement(using: &dice) ?? .nil
                    }
                }
                let requests = (0..<4000).map { _ in
                    let function = functions.all.randomElement(using: &dice) ?? functions.all[0]
                    return Request(
                        function.name, (0..<Int.random(in: 0...6, using: &dice)).map { _ in value() },
                        isCall: function.suspends)
                }
                return Self.talk(requests, functions)
            })
        #expect(outcome.report.ended == .done, "\(outcome.report), seed \(seed)")
        #expect(outcome.changes.isEmpty, "\(outcome.changes), seed \(seed)")
    }

    /// A change that is granted, of the server with that name.
    static func edit(_ server: String, _ servers: [String: String], to name: String) -> Request {
        Request(
            "iwinv.call", ["instances.edit", ["name": .string(name)], "one", .string(servers[server] ?? "")])
    }

    /// What a worker does with a right to edit servers, not those that are called `db-…`, twice.
    enum Misuse: CaseIterable, Sendable {
        case theRightOne, threeTimes, protected, anotherOperation, afterItsEnd, callTwice, deathBehindIt, thenAPage
        case allAtOnce, inTheTaskOfAnother, withItsIdentifierTwice

        func steps(_ functions: Functions, _ servers: [String: String]) -> [LiarStep] {
            func talk(_ requests: [Request], then rest: [LiarStep]? = nil) -> [LiarStep] {
                LyingWorkerTests.talk(requests, functions, then: rest)
            }
            func edit(_ name: String, of server: String = "web-01") -> Request {
                LyingWorkerTests.edit(server, servers, to: name)
            }
            func call(_ request: Request, _ id: UInt64, task: UInt64 = 1) -> LiarStep {
                .say(
                    .call(
                        function: functions.number(request.function), id: id, task: task, request.arguments, nil))
            }
            let end = LiarStep.say(.finished([1], WorkerUsage()))
            /// So many changes at once; the clock goes on only while it says that it waits.
            func sent(_ count: UInt64, task: (UInt64) -> UInt64) -> [LiarStep] {
                let calls = (1...count).map { call(edit("zz-00\($0 + 10)"), $0, task: task($0)) }
                let replies = (0..<count).flatMap {
                    [LiarStep.say(.idle(replies: $0, WorkerUsage())), .take(1)]
                }
                return [.report, .take(1)] + calls + replies + [end]
            }
            switch self {
            case .theRightOne: return talk([edit("zz-0001")])
            case .threeTimes: return talk([edit("zz-0001"), edit("zz-0002"), edit("zz-0003"), edit("zz-0004")])
            case .protected:
                // Under its own name, and after a change of it.
                return talk([edit("zz-0001", of: "db-01"), edit("zz-0002", of: "db-01")])
            case .anotherOperation:
                let id = LuaValue.string(servers["web-01"] ?? "")
                return talk(
                    ["instances.delete", "instances.reboot", "instances.shutdown", "instances.resize"].map {
                        Request("iwinv.call", [.string($0), [:], "one", id])
                    })
            case .afterItsEnd: return [.report, .take(1), end, call(edit("zz-0001"), 1)]
            case .callTwice: return [.report, .take(1), call(edit("zz-0001"), 1), call(edit("zz-0001"), 1)]
            case .deathBehindIt: return [.report, .take(1), call(edit("zz-0001"), 1), .exit(1)]
            case .thenAPage:
                return talk(
                    [edit("zz-0001")]
                        + LyingWorkerTests.pages.map { Request("iwinv.page", ["instances.list", [:], $0]) })
            case .allAtOnce: return sent(20) { _ in 1 }
            case .inTheTaskOfAnother: return sent(5) { .max - $0 }
            case .withItsIdentifierTwice:
                let (web, database) = (servers["web-01"] ?? "", servers["db-01"] ?? "")
                return talk([
                    Request(
                        "iwinv.call",
                        ["instances.edit", ["name": "zz-0001", "instance_id": .string(database)], "one", .string(web)])
                ])
            }
        }

        /// How many changes may reach the cloud: of those that are sent and granted, two at the most.
        var most: Int {
            switch self {
            case .theRightOne, .callTwice, .deathBehindIt, .thenAPage: 1
            case .threeTimes, .allAtOnce, .inTheTaskOfAnother: 2
            case .protected, .anotherOperation, .afterItsEnd, .withItsIdentifierTwice: 0
            }
        }

        /// How the run ends, which counts on nothing that the worker says.
        var endings: Set<RunReport.Ending> {
            switch self {
            // A change that was on its way may have an outcome or none.
            case .callTwice, .deathBehindIt: [.failed, .unknown]
            default: [.done]
            }
        }
    }

    @Test(arguments: Misuse.allCases, [false, true]) func `a right is used no further than it goes`(
        _ misuse: Misuse, _ planning: Bool
    ) async throws {
        let outcome = try await Self.run(
            grants: ["instances:edit"], protected: ["db-*"], maximum: 2, planning: planning
        ) {
            misuse.steps($0, $1)
        }
        let sent = outcome.changes
        #expect(sent.count <= (planning ? 0 : misuse.most), "\(sent)")
        #expect(sent.allSatisfy { $0.operation == "instances.edit" && $0.target.contains("instances") })
        #expect(misuse.endings.contains(outcome.report.ended), "\(outcome.report)")
        // Whoever does the right thing gets what was granted: the steps do reach the gate.
        if misuse == .theRightOne, !planning { #expect(sent.count == 1 && outcome.report.changes.count == 1) }
    }

    /// The worker ends at each step of an honest talk, in each way.
    @Test(arguments: [LiarStep.exit(0), .exit(77), .die(9), .die(11)].indices)
    func `death at any step leaves no change that was not granted`(
        _ way: Int
    ) async throws {
        let ways: [LiarStep] = [.exit(0), .exit(77), .die(9), .die(11)]
        for kept in 0...8 {
            let outcome = try await Self.run(grants: ["instances:edit"], protected: ["db-*"], maximum: 1) {
                functions, servers in
                let requests = [
                    Request("iwinv.call", ["instances.list", [:], "all"]),
                    Self.edit("db-01", servers, to: "zz-0001"), Self.edit("web-01", servers, to: "zz-0002"),
                ]
                return Self.talk(requests, functions).prefix(kept) + [ways[way]]
            }
            #expect([.failed, .unknown, .killed].contains(outcome.report.ended), "\(kept): \(outcome.report)")
            #expect(outcome.changes.isEmpty, "\(kept): \(outcome.changes)")
        }
    }
}
