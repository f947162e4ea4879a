import Foundation

/// The files in `Tests/Golden`: one for each command and language.
enum GoldenStore {
    static let folder = Iwlua.repository.appendingPathComponent("Tests/Golden")
    static let scripts = folder.appendingPathComponent("scripts")

    /// `IWLUA_GOLDEN=write` records what the program says now.
    static let isWriting = ProcessInfo.processInfo.environment["IWLUA_GOLDEN"] == "write"

    /// The sections of a file, in their order; empty if there is none.
    static func read(_ name: String) -> [GoldenSection] {
        guard let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) else {
            return []
        }
        var sections: [GoldenSection] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(GoldenSection.mark) {
                sections.append(
                    GoldenSection(title: String(line.dropFirst(GoldenSection.mark.count)), lines: []))
            } else if !sections.isEmpty {
                sections[sections.count - 1].lines.append(String(line))
            }
        }
        for index in sections.indices {
            while sections[index].lines.last == "" { sections[index].lines.removeLast() }
        }
        return sections
    }

    static func write(_ sections: [GoldenSection], _ name: String) throws {
        try Data(sections.map(\.text).joined(separator: "\n").utf8)
            .write(to: folder.appendingPathComponent(name))
    }

    /// The names of all golden files.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".golden") }.sorted()
    }

    static func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }

    /// The paths of all files below a folder.
    static func files(in folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: folder.appendingPathComponent(path).path, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// Where two sections part, for a person: the lines before, and three of each.
    static func difference(_ recorded: [String], _ now: [String]) -> String {
        let same = zip(recorded, now).prefix { $0 == $1 }.count
        let context = recorded[..<same].suffix(3).map { "    \($0)" }
        func side(_ mark: String, _ lines: [String]) -> [String] {
            let rest = lines[same...].prefix(4).map { "\(mark)   \($0)" }
            return rest.isEmpty ? ["\(mark)   (ends here)"] : rest
        }
        return (["line \(same + 1):"] + context + side("-", recorded) + side("+", now)).joined(separator: "\n")
    }
}
