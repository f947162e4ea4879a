import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// A file of `Tests/Hostile/tool`: an attack on what the host does for a script, with the built binary.
struct ToolAttack: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    /// `ok`, `error TEXT` or `killed LIMIT`.
    let expected: [String]
    let flags: [String]

    var testDescription: String { name }

    init?(_ file: URL) {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(while: { $0.hasPrefix("-- ") }) {
            let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        guard let expect = fields["expect"], fields["why"] != nil else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        path = file.path
        expected = expect.split(separator: " ", maxSplits: 1).map(String.init)
        flags = (fields["flags"] ?? "").split(separator: " ").map(String.init)
    }

    static let folder = Iwlua.repository.appendingPathComponent("Tests/Hostile/tool")

    static let all: [ToolAttack] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { ToolAttack($0) }
    }()

    /// Seconds of processor time that the script may take, and that it takes at most where no limit is under test.
    var limit: Double {
        guard let flag = flags.firstIndex(of: "--cpu") ?? flags.firstIndex(of: "--time") else { return 4 }
        let text = flags[flag + 1]
        return text.hasSuffix("ms") ? (Double(text.dropLast(2)) ?? 0) / 1000 : Double(text.dropLast()) ?? 0
    }
}

/// What the host does for a script is done in the parent, which has to outlive it: its time is the script's, its memory is
/// bounded, and the run ends as the file says.
@Suite(.serialized) struct HostileToolTests {
    /// KiB of data that the tool may have; the kernel refuses more, and a Swift program dies of that.
    private static let data = 640 << 10
    /// Seconds of processor time for starting and ending everything, of a build that is not optimised.
    private static let around = 2.5

    @Test(arguments: ToolAttack.all, [["--output", "json"], ["--output", "json", "--in-process"]])
    func `an attack on the host ends as it should`(_ attack: ToolAttack, _ mode: [String]) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        // The shell tells the processor time of what it has waited for, and of what that has waited for: the worker.
        let script = "ulimit -d \(Self.data); \"$@\"; status=$?; times > times; exit $status"
        let process = try iwlua.start(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", script, "sh", Iwlua.binary.path, "run", "--simulate", attack.path] + mode + attack.flags)
        let result = try await process.end()
        let report = try #require(try? result.json, "no report: \(result.status) \(result.errors.prefix(500))")
        let ended = report["ended"]?.stringValue ?? "", limit = report["limit"]?.stringValue ?? ""
        let message = report["error"]?["message"]?.stringValue ?? ""
        let details: Comment = "\(ended) \(limit) \(message.prefix(300))"
        switch attack.expected[0] {
        case "ok":
            #expect(ended == "done", details)
            #expect(result.status == 0)
        case "error":
            #expect(ended == "failed", details)
            #expect(result.status == 1)
            if attack.expected.count > 1 { #expect(message.contains(attack.expected[1]), details) }
        default:
            #expect(ended == "killed", details)
            #expect(limit == attack.expected[1], details)
            #expect(result.status == 6)
        }
        #expect(result.errors.utf8.count < 4 << 20)
        let seconds = try Self.seconds(try iwlua.text(of: "times"))
        #expect(seconds <= attack.limit + Self.around, "\(seconds) s of processor time")
    }

    /// The last line of `times`: "1m2.500000s 0m0.250000s", of the children.
    private static func seconds(_ text: String) throws -> Double {
        let line = try #require(text.split(separator: "\n").last)
        return try line.split(separator: " ").reduce(0) { sum, time in
            let parts = time.dropLast().split(separator: "m")
            let minutes = try #require(Double(parts[0])), rest = try #require(Double(parts[1]))
            return sum + 60 * minutes + rest
        }
    }

    @Test func `every file of the folder is an attack`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: ToolAttack.folder.path)
        #expect(names.count == ToolAttack.all.count)
        #expect(names.count >= 40)
    }
}
