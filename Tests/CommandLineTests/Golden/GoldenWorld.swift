import Clocks
import Foundation
import GRDB
import IwinvCatalog
import IwinvModel
import IwinvSimulator
import RunStore
import Testing

enum GoldenProblem: Error {
    case databaseStaysOpen
}

/// A folder, and where the setup wants one a cloud, in which cases run one after the other. Each finds both as they were.
struct GoldenWorld: Sendable {
    let setup: GoldenSetup
    /// The folder of all, which is removed at the end.
    private let place: URL
    /// Home, working directory, and the state in `state`.
    let folder: URL
    let simulator: IwinvSimulator?

    /// - Parameter setup: Is made here, once.
    static func make(_ setup: GoldenSetup) async throws -> GoldenWorld {
        let world = try await GoldenWorld(setup)
        try world.copyScripts()
        try await setup.build(world)
        try FileManager.default.copyItem(at: world.folder, to: world.kept)
        return world
    }

    private init(_ setup: GoldenSetup) async throws {
        self.setup = setup
        place = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-golden-\(UUID().uuidString)")
        folder = place.appendingPathComponent("home")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard setup.hasCloud else {
            simulator = nil
            return
        }
        let clock = SystemClock()
        var configuration = SimulatorConfiguration(cloud: try Self.cloud(at: clock.now), clock: clock)
        configuration.quota = nil
        simulator = try await IwinvSimulator.start(configuration)
    }

    private var kept: URL { place.appendingPathComponent("kept") }

    /// Of a fixed seed; what takes time in the real one is over at once.
    private static func cloud(at now: Instant) throws -> Cloud {
        var cloud = try Cloud(FleetDescription(["servers": [["name": "web-%02d", "count": 4]]]), seed: 1, at: now)
        (cloud.timing.building, cloud.timing.pending, cloud.timing.start) = (0, 0, 0)
        (cloud.timing.shutdown, cloud.timing.reboot, cloud.timing.deleting) = (0, 0, 0)
        return cloud
    }

    private func copyScripts() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: GoldenStore.scripts.path) {
            try FileManager.default.copyItem(
                at: GoldenStore.scripts.appendingPathComponent(file), to: folder.appendingPathComponent(file))
        }
    }

    func remove() async throws {
        try await simulator?.stop()
        try FileManager.default.removeItem(at: place)
    }

    var environment: [String: String] {
        var environment = [
            "HOME": folder.path, "XDG_CONFIG_HOME": folder.appendingPathComponent("config").path,
            "IWLUA_STATE": state, "PATH": "/usr/bin:/bin", "TZ": "Asia/Seoul", "LANG": "C.UTF-8", "NO_COLOR": "1",
            "COLUMNS": "80",
        ]
        if let simulator {
            environment["IWLUA_ENDPOINT"] = simulator.endpoint
            environment["IWINV_ACCESS_KEY"] = "simulated-access-key"
            environment["IWINV_SECRET_KEY"] = "simulated-secret-key"
            environment["IWLUA_BUDGET"] = "none"
            environment["IWLUA_TIMEOUT"] = "1s"
        }
        return environment.merging(setup.environment) { $1 }
    }

    var state: String { folder.appendingPathComponent("state").path }

    /// The ids of the runs in the journal, read without leaving anything behind: a connection that may write would take
    /// the journal's files away when it ends, whenever that is.
    private var runs: [String] {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let database = try DatabaseQueue(path: state + "/journal.sqlite", configuration: configuration)
            defer { try? database.close() }
            return try database.read { try String.fetchAll($0, sql: "SELECT DISTINCT run FROM entry") }
        } catch { return [] }
    }

    /// Waits until what the test itself has written is closed, and thereby whole: each log goes into its database.
    func close() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try GoldenStore.files(in: folder).contains(where: { $0.hasSuffix("-wal") }) {
            guard ContinuousClock.now < end else { throw GoldenProblem.databaseStaysOpen }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func journal() async throws -> Journal { try await Journal.open(folder: state) }

    /// Writes a file into the folder.
    func file(_ name: String, _ text: String, mode: Int = 0o644) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    // MARK: - Running

    func start(
        _ words: [String], environment more: [String: String] = [:], input: String = "", onFullDisk: Bool = false,
        onTerminal: Bool = false
    ) throws -> GoldenProcess {
        // A person's input comes later.
        let given = onTerminal ? nil : place.appendingPathComponent("input-\(UUID().uuidString)")
        if let given { try Data(input.utf8).write(to: given) }
        var (executable, arguments) = (Iwlua.binary, words)
        if onTerminal {
            let command = ([Iwlua.binary.path] + words).map { "'" + $0.replacing("'", with: "'\\''") + "'" }
                .joined(separator: " ")
            executable = URL(fileURLWithPath: "/usr/bin/script")
            // What is typed is not shown: it would come between the lines at any place.
            arguments = ["-q", "-E", "never", "-e", "-c", command, "/dev/null"]
        }
        return try GoldenProcess(
            executable, arguments, environment: environment.merging(more) { $1 }, input: given, folder: folder,
            writesToFullDisk: onFullDisk)
    }

    /// A step of the setup.
    func perform(_ step: GoldenSetup.Step) async throws {
        try setFaults(step.faults)
        let result = try await start(step.words, environment: step.environment).end()
        try setFaults([])
        #expect(result.exit == step.exit, "\(setup.name): \(step.words): \(result.output)\(result.errors)")
    }

    private func setFaults(_ rules: [String]) throws {
        simulator?.setFaults(try rules.flatMap(FaultRule.rules(in:)))
    }

    /// Runs cases one after the other, each in the world as the setup has left it.
    func sections(of runs: [GoldenRun]) async throws -> [GoldenSection] {
        let cloud = simulator?.cloud
        var sections: [GoldenSection] = []
        for run in runs {
            try restore()
            if let cloud { simulator?.mutate { $0 = cloud } }
            sections.append(try await section(of: run))
        }
        return sections
    }

    /// Sends a signal when its time has come.
    ///
    /// - Parameter requests: How many had come to the cloud before the process began.
    private func send(
        _ signal: GoldenCase.Signal, to process: GoldenProcess, _ run: GoldenRun, _ requests: Int
    ) async throws {
        if let text = signal.after(in: run) {
            if await !process.writes(text) { Issue.record("\(run.command) · \(run.title): ended before `\(text)`") }
        } else {
            while simulator?.requests.count == requests, process.isRunning {
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        try await process.takes(signal.number)
        process.signal(signal.number)
    }

    /// Makes the folder what it was: what a case can have changed is in folders, or is new.
    private func restore() throws {
        let files = FileManager.default
        let before = Set(try files.contentsOfDirectory(atPath: kept.path))
        for name in Set(try files.contentsOfDirectory(atPath: folder.path)).union(before) {
            let (now, old) = (folder.appendingPathComponent(name), kept.appendingPathComponent(name))
            var isFolder: ObjCBool = false
            if files.fileExists(atPath: now.path, isDirectory: &isFolder) {
                if before.contains(name), !isFolder.boolValue { continue }
                try files.removeItem(at: now)
            }
            if before.contains(name) { try files.copyItem(at: old, to: now) }
        }
    }

    private func section(of run: GoldenRun) async throws -> GoldenSection {
        let example = run.example
        let companion = try example.companion.map { try start($0.words) }
        if let companion, let ready = example.companion?.ready, await !companion.writes(ready) {
            Issue.record("\(run.title): the companion did not come to `\(ready)`: \(await companion.end())")
        }
        try setFaults(example.faults)
        let requests = simulator?.requests.count ?? 0
        let process = try start(
            run.words, environment: run.environment, input: example.input, onFullDisk: example.writesToFullDisk,
            onTerminal: example.typing != nil)
        if let typing = example.typing {
            if await !process.writes(typing.after) { Issue.record("\(run.title): ended before `\(typing.after)`") }
            process.type(typing.text)
        }
        if let signal = example.signal { try await send(signal, to: process, run, requests) }
        let result = await process.end()
        try setFaults([])
        #expect(result.exit == example.exit, "\(run.command) · \(run.title): \(result.output)\(result.errors)")
        var section = GoldenSection(run, result)
        for words in example.then {
            let words = words + ["--lang", run.language.rawValue]
            section.add(words, [:], "", try await start(words).end())
        }
        try await companion?.takes(SIGTERM)
        companion?.signal(SIGTERM)
        _ = await companion?.end()
        for path in example.files {
            section.add(file: path, try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8))
        }
        for path in example.folders {
            section.add(folder: path, try GoldenStore.files(in: folder.appendingPathComponent(path)))
        }
        let normaliser =
            setup.isExact
            ? nil
            : Normaliser(
                folder: folder, runs: runs)
        section.lines = normaliser?.lines(section.lines) ?? section.lines
        return section
    }
}
