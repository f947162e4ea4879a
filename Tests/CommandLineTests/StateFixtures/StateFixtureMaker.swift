import Clocks
import Foundation
import GRDB
import Gate
import IwinvCatalog
import IwinvSimulator
import RunStore
import Testing

/// Makes the fixtures of the program as it is, in `Tests/Fixtures/State/VERSION`:
///
/// ```sh
/// IWLUA_FIXTURES=write swift test --skip-build --filter StateFixtureMaker
/// IWLUA_FIXTURES=answers swift test --skip-build --filter 'CommandLineTests\..*StateFixtureTests'
/// ```
///
/// What a version has left is never written again: its folder has to go first, or the version has to be another one.
@Suite(.enabled(if: StateFixture.isWriting)) struct StateFixtureMaker {
    @Test(arguments: StateScene.allCases)
    func `writes what the program leaves`(_ scene: StateScene) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let version = try #require(try await iwlua.run("--version").output.firstMatch(of: #/\d+\.\d+\.\d+/#)).output
        let fixture = StateFixture(version: String(version), scene: scene)
        guard !FileManager.default.fileExists(atPath: fixture.folder.path) else { return }
        switch scene {
        case .rename: try await Self.rename(fixture)
        case .creation: try await Self.creation(fixture)
        case .reboot: try await Self.reboot(fixture)
        case .attachment: try await Self.attachment(fixture)
        case .firewall: try await Self.firewall(fixture)
        case .apply: try await Self.apply(fixture)
        case .undo: try await Self.undo(fixture)
        case .approved: try await Self.approved(fixture)
        case .consent: try await Self.consent(fixture)
        case .finished: try await Self.finished(fixture)
        case .schedules: try await Self.schedules(fixture)
        case .older: try await Self.older(fixture)
        }
    }

    // MARK: - Runs that are killed

    /// Where a run is killed.
    struct Cut {
        var point: FailPoint
        var number: Int

        init(_ point: FailPoint, _ number: Int = 1) { (self.point, self.number) = (point, number) }

        var name: String { "\(point.rawValue)#\(number)" }
        var environment: [String: String] { ["IWLUA_FAIL_AT": name] }

        /// Replies are looked for where they were lost.
        func faults(_ operation: OperationName) -> [String] {
            point == .beforeLook || point == .afterLook ? ["\(operation): lost-reply"] : []
        }
    }

    /// Lets a run be killed, and says what was made until then.
    static func kill(
        _ words: [String], at cut: Cut, of operation: OperationName, scope: String, family: String? = nil,
        in world: FixtureWorld
    ) async throws -> StateRun {
        let count = world.simulator.requests.count
        try world.setFaults(cut.faults(operation))
        let more = FixtureWorld.more(family)
        if cut.point == .afterResumed {
            // One that goes on has been killed before.
            _ = try await world.run(words, with: more.merging(Cut(.afterSending).environment) { $1 })
        }
        let result = try await world.run(
            cut.point == .afterResumed ? ["resume", "last"] : words, with: more.merging(cut.environment) { $1 })
        #expect(result.status == SIGKILL, "\(scope) \(cut.name): \(result.errors)")
        try world.setFaults([])
        return StateRun(
            name: cut.name + (family.map { " \($0)" } ?? ""), run: try await world.journal().find("last").id,
            scope: scope, family: family, made: world.effects(since: count))
    }

    /// `r01-`, `r02-`, …
    static func scope(_ letter: String, _ index: Int) -> String { letter + String(format: "%02d-", index + 1) }

    // MARK: - Into the repository

    /// Keeps what the program has left.
    ///
    /// - Parameter files: What a person has besides: plans, by their names in the world's folder.
    static func keep(
        _ world: FixtureWorld, _ runs: [StateRun], as fixture: StateFixture, files names: [String] = []
    ) async throws {
        let files = FileManager.default
        let state = URL(fileURLWithPath: world.state)
        try await nameDeadHolders(world)
        let made = fixture.folder.deletingLastPathComponent().appendingPathComponent(".\(fixture.scene)")
        try? files.removeItem(at: made)
        try files.createDirectory(
            at: made.appendingPathComponent("state"), withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: state.path).sorted() {
            // The WAL is folded into its database, and a lock file is made when there is something to lock.
            if name.hasSuffix("-wal") || name.hasSuffix("-shm") || name == "locks" || name.hasSuffix(".lock") {
                continue
            }
            let copy = made.appendingPathComponent("state/\(name)")
            if name.hasSuffix(".sqlite") { try compact(state.appendingPathComponent(name)) }
            try files.copyItem(at: state.appendingPathComponent(name), to: copy)
            try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy.path)
        }
        try files.copyItem(
            at: world.iwlua.folder.appendingPathComponent("cloud.json"), to: made.appendingPathComponent("cloud.json"))
        try files.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: made.appendingPathComponent("cloud.json").path)
        for name in names {
            try files.createDirectory(
                at: made.appendingPathComponent("files"), withIntermediateDirectories: true)
            try files.copyItem(
                at: world.iwlua.folder.appendingPathComponent(name), to: made.appendingPathComponent("files/\(name)"))
        }
        // All or nothing.
        try files.moveItem(at: made, to: fixture.folder)
        try fixture.write(runs)
    }

    /// The holder of a killed run is a process of this machine and boot. On another one it is dead; here another pid
    /// namespace could not tell. So each is given to a process of a boot that no machine has had: by the program's own
    /// way of taking a run up, which writes no entry.
    private static func nameDeadHolders(_ world: FixtureWorld) async throws {
        let journal = try await Journal.open(
            folder: world.state, holder: try #require(BudgetHolder("1:1:1:1")),
            boot: "00000000-0000-0000-0000-000000000000", fate: { _ in .dead })
        for run in try await journal.runs(RunFilter(isOpen: true), limit: 1000) {
            _ = try await journal.reopen(run.id, clock: SystemClock())
        }
    }

    private static func compact(_ file: URL) throws {
        let database = try DatabaseQueue(path: file.path)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "VACUUM")
            try db.checkpoint(.truncate)
        }
        try database.close()
    }
}
