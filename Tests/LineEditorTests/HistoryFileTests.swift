import Foundation
import LineEditor
import Testing

@Suite struct HistoryFileTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(UUID().uuidString)")
        .path

    private func mode() throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `entries of several lines and backslashes come back`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = HistoryFile(path: path)
        #expect(try file.load(limit: 10) == [])
        let entries = ["print(\"a\\nb\")", "f(\n  웹\n)", "\\", "x"]
        for entry in entries { try file.append(entry) }
        #expect(try file.load(limit: 10) == entries)
        #expect(try mode() == 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 4)
    }

    @Test func `a file that others may read is closed to them`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("a\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try HistoryFile(path: path).load(limit: 10) == ["a"])
        #expect(try mode() == 0o600)
    }

    @Test func `a file grown to twice its limit is shortened to the newest`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = HistoryFile(path: path)
        for number in 1...7 { try file.append("line \(number)") }
        #expect(try file.load(limit: 3) == ["line 5", "line 6", "line 7"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "line 5\nline 6\nline 7\n")
        #expect(try mode() == 0o600)
    }

    @Test func `a link in its place is not followed`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
        #expect(throws: HistoryFile.Problem.self) { try HistoryFile(path: path).append("a") }
    }

    @Test func `several writers lose nothing`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = HistoryFile(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask { for number in 0..<50 { try file.append("\(writer) \(number)") } }
            }
            group.addTask { for _ in 0..<20 { _ = try file.load(limit: 1000) } }
            try await group.waitForAll()
        }
        #expect(try Set(file.load(limit: 1000)).count == 200)
    }
}
