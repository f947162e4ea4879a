import Foundation

/// `instants.py`: the second implementation.
struct PythonInstants {
    /// Why it cannot be asked; a reason for a test to be left out.
    struct Unavailable: Error {
        var reason: String
    }

    struct Question {
        var from: Int
        var to: Int
        var zone: String
        var expression: String

        var line: String { "\(from)\t\(to)\t\(zone)\t\(expression)\n" }
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("instants.py")

    /// The instants of each question.
    static func answers(to questions: [Question]) throws -> [[Int]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("iwlua-instants-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map(folder.appendingPathComponent)
        try Data(questions.map(\.line).joined().utf8).write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path]
        // Both read the same files.
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONTZPATH": "/usr/share/zoneinfo"]) {
            $1
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        do { try process.run() } catch { throw Unavailable(reason: "python3 cannot be started: \(error)") }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let reason = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
            // The script says so itself; everything else is a fault.
            if reason.contains("python3 finds no") || reason.contains("No such file") || reason.contains("zoneinfo'") {
                throw Unavailable(reason: reason)
            }
            throw CocoaError(.featureUnsupported, userInfo: [NSLocalizedDescriptionKey: reason])
        }
        return String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.split(separator: " ").compactMap { Int($0) } }
    }
}
