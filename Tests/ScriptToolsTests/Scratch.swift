import Foundation
import ScriptTools

/// A folder of scripts and tests.
struct Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-tools-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Runs one test file's text, in this process.
    static func run(_ text: String, script: String? = nil, _ configure: (inout TestRunner) -> Void = { _ in })
        async throws -> TestReport
    {
        let scratch = try Scratch()
        defer { scratch.remove() }
        if let script { try scratch.file("script.lua", script) }
        var runner = TestRunner()
        configure(&runner)
        return await runner.run([try scratch.file("a_test.lua", text)])
    }
}

extension TestReport {
    /// Of the first test.
    var failure: TestFailure? { files.first?.problem ?? files.first?.tests.first?.failure }
}
