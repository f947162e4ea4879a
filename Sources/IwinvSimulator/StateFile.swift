import Foundation
import IwinvModel
import Synchronization

/// A cloud kept in a file, so that a simulator goes on where it was stopped or killed.
///
/// Revisions are written in their order or not at all: of two changes that end at the same time, the later state stays.
final class StateFile: Sendable {
    private struct Document: Codable {
        var format: Int
        var cloud: Cloud
    }

    private static let format = 1

    let path: String
    private let written = Mutex(-1)

    init(path: String) {
        self.path = path
    }

    /// The cloud in the file; nil if there is no file.
    ///
    /// - Throws: ``SimulatorProblem`` if it cannot be read.
    func load() throws -> Cloud? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            let document = try JSONDecoder().decode(Document.self, from: data)
            guard document.format == Self.format else { throw CocoaError(.fileReadCorruptFile) }
            return document.cloud
        } catch {
            throw SimulatorProblem.stateFile(path, "cannot be read as the state of a simulator")
        }
    }

    /// Writes a state beside the file and puts it in its place, readable for its owner only: it holds passwords, though
    /// made-up ones.
    func save(_ cloud: Cloud, revision: Int) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(Document(format: Self.format, cloud: cloud))
        try written.withLock { last in
            guard revision > last else { return }
            let partial = path + ".partial"
            guard
                FileManager.default.createFile(
                    atPath: partial, contents: data, attributes: [.posixPermissions: 0o600]),
                rename(partial, path) == 0
            else { throw SimulatorProblem.stateFile(path, "cannot be written") }
            last = revision
        }
    }
}
