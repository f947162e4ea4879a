public import Clocks
import Foundation
import Gate
import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvSimulator
import IwinvTesting
public import LuaRuntime
import ScriptHost

/// Runs the tests of scripts: each in a sandbox, a simulated cloud and a time of its own.
///
/// ```swift
/// let runner = TestRunner()
/// let report = await runner.run(try TestFinder.files(at: ["."])) { print($0.path) }
/// ```
public struct TestRunner: Sendable {
    /// Only tests whose names contain this.
    public var filter: String?
    /// What identifiers, random numbers and faults are drawn from.
    public var seed: UInt64 = 1
    /// How many tests run at the same time.
    public var jobs = ProcessInfo.processInfo.activeProcessorCount
    /// The longest that one test may take, by the clock on the wall.
    public var timeout = Duration.seconds(60)
    /// Where tests, and the scripts that they run, live.
    public var execution = LuaExecution.inProcess
    /// Of a test, and of each script that it runs.
    public var limits = LuaLimits()

    /// A Sunday, 04:00 in Seoul: when the time of each test begins.
    public static let start = Instant(seconds: 1_772_305_200)

    public init() {}

    /// Runs the tests of some files.
    ///
    /// - Parameter finished: told of each file, in their order, as soon as its tests and those before it have ended.
    public func run(
        _ paths: [String], finished: @Sendable (TestFileReport) -> Void = { _ in }
    ) async -> TestReport {
        let began = ContinuousClock.now
        var listings: [Listing] = []
        await inOrder(paths, list) { listings.append($0) }
        listings.removeAll { $0.problem == nil && $0.tests.isEmpty }
        var files = listings.map { TestFileReport(path: $0.path, problem: $0.problem, tests: []) }
        var told = 0
        func tell() {
            while told < files.count, files[told].tests.count == listings[told].tests.count {
                finished(files[told])
                told += 1
            }
        }
        tell()
        let work = listings.enumerated().flatMap { place, listing in
            listing.tests.map { (place: place, file: listing.file, test: $0) }
        }
        await inOrder(work, { work in (work.place, await run(work.test, of: work.file)) }) { place, test in
            files[place].tests.append(test)
            tell()
        }
        return TestReport(files: files, duration: ContinuousClock.now - began)
    }

    /// The tests of a file, or why they could not be told.
    private struct Listing: Sendable {
        struct Test: Sendable {
            /// In its file, from 1.
            var number: Int
            var declaration: TestStage.Declaration
        }

        var path: String
        var file: TestFile?
        var problem: TestFailure?
        var tests: [Test] = []
    }

    /// Loads a file, to see which tests it has.
    private func list(_ path: String) async -> Listing {
        var listing = Listing(path: path)
        let file: TestFile
        do { file = try TestFile(path: path) } catch {
            listing.problem = TestFailure(error, in: path)
            return listing
        }
        let stage = TestStage(file, cloud: nil)
        // So that a module which takes the cloud at its top can be loaded; nobody listens there.
        let client = try? RecordedReplay.unreachable(VirtualClock(start: Self.start))
        let report = await perform(nil, of: file, on: stage, client: client, clock: VirtualClock(start: Self.start))
        try? await client?.shutdown()
        listing.file = file
        if report.ended != .done {
            listing.problem = TestFailure(report, stage, timeout: timeout).quoting(file.sources)
        } else if stage.declarations.isEmpty {
            listing.problem = TestFailure(message: "there is no test in this file: it(\"name\", function() … end)")
        }
        for (index, declaration) in stage.declarations.enumerated() {
            // What is left out by its name is not told of.
            guard listing.problem == nil, filter.map({ declaration.name.contains($0) }) ?? true else { continue }
            listing.tests.append(Listing.Test(number: index + 1, declaration: declaration))
        }
        return listing
    }

    private func run(_ test: Listing.Test, of file: TestFile?) async -> TestCaseReport {
        var report = TestCaseReport(
            name: test.declaration.name, line: test.declaration.line, outcome: .skipped, failure: nil, duration: .zero,
            output: [])
        guard let file, !test.declaration.isEmpty else { return report }
        let began = ContinuousClock.now
        do {
            let cloud = try await SimulatedCloud.start(
                fleet: FleetDescription(servers: []), seed: seed, clock: VirtualClock(start: Self.start)
            ) { [seed] in $0.faultSeed = seed }
            let client = try cloud.client()
            let stage = TestStage(file, cloud: cloud)
            let ended = await perform(test.number, of: file, on: stage, client: client, clock: cloud.clock)
            try? await client.shutdown()
            try? await cloud.stop()
            report.output = stage.printed
            if ended.ended != .done {
                report.failure = TestFailure(ended, stage, timeout: timeout).quoting(file.sources)
            }
        } catch {
            report.failure = TestFailure(message: "the simulated cloud did not start: \(error)")
        }
        report.outcome = report.failure == nil ? .passed : .failed
        report.duration = ContinuousClock.now - began
        return report
    }

    /// Runs the file's text, and one of its tests.
    private func perform(
        _ number: Int?, of file: TestFile, on stage: TestStage, client: IwinvClient?, clock: VirtualClock
    ) async -> RunReport {
        var host = ScriptHost(client: client, clock: clock, limits: limits)
        host.limits.wall = timeout
        host.execution = execution
        let runs = TestedRuns(stage: stage, client: client, execution: execution, limits: limits, seed: seed)
        TestBinding(stage: stage, runs: runs, seed: seed).add(to: &host, running: number)
        // A test may do anything to a cloud of its own.
        let grants = Catalog.iwinv.grantResources.flatMap { resource in
            Effect.allCases.map { Grant(resource: resource, effect: $0) }
        }
        let driver: Script
        do {
            driver = try Script(
                name: TestPrelude.driverName, source: TestPrelude.driver, modules: file.script.modules)
        } catch { preconditionFailure("the driver has no header") }
        let run = host.start(driver, options: RunOptions(rules: .program(grants: grants, protected: []), seed: seed))
        return await withTaskCancellationHandler {
            for await event in run.events {
                switch event {
                case .printed(let line): stage.printed(line)
                case .logged(let line): stage.printed("\(line.level.rawValue) \(line.message)")
                default: break
                }
            }
            return await run.report()
        } onCancel: {
            run.cancel()
        }
    }

    /// Does work side by side, as much as ``jobs`` says, and hands over what comes of it in the order of the work.
    private func inOrder<Work: Sendable, Result: Sendable>(
        _ list: [Work], _ perform: @escaping @Sendable (Work) async -> Result, take: (Result) -> Void
    ) async {
        await withTaskGroup(of: (Int, Result).self) { group in
            var rest = Array(list.enumerated())[...]
            func start() {
                guard let (index, work) = rest.popFirst() else { return }
                group.addTask { (index, await perform(work)) }
            }
            for _ in 0..<max(1, jobs) { start() }
            var done: [Int: Result] = [:]
            var next = 0
            while let (index, result) = await group.next() {
                start()
                done[index] = result
                while let result = done.removeValue(forKey: next) {
                    take(result)
                    next += 1
                }
            }
        }
    }
}
