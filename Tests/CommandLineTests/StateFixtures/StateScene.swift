import Foundation
import Testing

/// A state folder of a kind, as a version of the program left it.
///
/// Cases are only ever added at the end: each has a port of its own, and the journals name it.
enum StateScene: String, Sendable, CaseIterable {
    // Runs that were killed at some step; in each folder as many as there are steps.
    case rename, creation, reboot, attachment, firewall, apply, undo, approved
    /// Runs that ended for want of consent, or lost the one that they had.
    case consent
    /// Runs that ended, in every way; approvals, a plan, what scripts keep.
    case finished
    /// Schedules with what became of their times, and a daemon that was killed.
    case schedules
    /// Runs whose header knows nothing of consent.
    case older

    /// Where its cloud listens. A run's account holds the endpoint, the endpoint the port, and nobody may edit a journal:
    /// so the port is the same for ever, outside of the range from which Linux gives ports away (32768 to 60999).
    var port: Int { 21_701 + (Self.allCases.firstIndex(of: self) ?? 0) }

    /// Those whose runs were killed.
    static let interrupted: [StateScene] = [
        .rename, .creation, .reboot, .attachment, .firewall, .apply, .undo, .approved,
    ]
}

/// A folder of `Tests/Fixtures/State`.
struct StateFixture: Sendable, CustomTestStringConvertible {
    var version: String
    var scene: StateScene

    static let root = Iwlua.repository.appendingPathComponent("Tests/Fixtures/State")

    /// What `IWLUA_FIXTURES` asks for: `write` makes fixtures of the program as it is, `answers` writes down what it says of
    /// all that are there.
    static let isWriting = ProcessInfo.processInfo.environment["IWLUA_FIXTURES"] == "write"
    static let isAnswering = ProcessInfo.processInfo.environment["IWLUA_FIXTURES"] == "answers"

    /// The versions of which there are fixtures.
    static let versions: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).filter { $0.first != "." }.sorted()

    /// Those of some scenes, of all versions.
    static func all(_ scenes: [StateScene]) -> [StateFixture] {
        versions.flatMap { version in scenes.map { StateFixture(version: version, scene: $0) } }
            .filter { FileManager.default.fileExists(atPath: $0.folder.path) }
    }

    var testDescription: String { "\(version) \(scene)" }

    var folder: URL { Self.root.appendingPathComponent("\(version)/\(scene)") }
    /// The state folder of the program.
    var state: URL { folder.appendingPathComponent("state") }
    /// The simulated cloud at that moment, as `iwlua simulate --state` keeps it.
    var cloud: URL { folder.appendingPathComponent("cloud.json") }
    /// Files of the person's: plans and scripts.
    var files: URL { folder.appendingPathComponent("files") }

    /// The runs of the folder, by the names that the maker gave them.
    func runs() throws -> [StateRun] {
        try JSONDecoder().decode([StateRun].self, from: Data(contentsOf: folder.appendingPathComponent("runs.json")))
    }

    /// Writes them down.
    func write(_ runs: [StateRun]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(runs).write(to: folder.appendingPathComponent("runs.json"))
    }
}

/// A run of a fixture, and what nobody but its maker can know of it.
struct StateRun: Sendable, Codable {
    /// For people and answers: `after-sending#1`.
    var name: String
    /// Its id.
    var run: String
    /// A text that the names of everything that it changes contain, and nothing else does.
    var scope: String
    /// The family of firewall paths, where that matters.
    var family: String?
    /// What the cloud has done for it, by method and path. For an undo that includes what the undone run did.
    var made: [String: Int] = [:]
    /// The plan that it carries out: a file.
    var plan: String?
    /// What is said to `resume` besides.
    var more: [String]?
}
