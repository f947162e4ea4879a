import Clocks
public import IwinvCatalog

/// How tests ended.
public struct TestReport: Sendable {
    public var files: [TestFileReport]
    /// Wall time of all together.
    public var duration: Duration

    public func count(_ outcome: TestCaseReport.Outcome) -> Int {
        files.reduce(0) { $0 + $1.tests.count { $0.outcome == outcome } }
    }

    /// Files whose tests could not even be listed.
    public var broken: Int { files.count { $0.problem != nil } }

    /// How many tests there are, those that were left out included.
    public var total: Int { files.reduce(0) { $0 + $1.tests.count } }

    public var hasPassed: Bool { broken == 0 && count(.failed) == 0 }

    /// The document of `iwlua test --output json`.
    public var json: JSONValue {
        [
            "passed": .integer(Int64(count(.passed))), "failed": .integer(Int64(count(.failed) + broken)),
            "skipped": .integer(Int64(count(.skipped))), "seconds": .number(duration.seconds),
            "files": .array(files.map(\.json)),
        ]
    }
}

/// How the tests of a file ended.
public struct TestFileReport: Sendable {
    public var path: String
    /// Why none of them could be run.
    public var problem: TestFailure?
    public var tests: [TestCaseReport]

    var json: JSONValue {
        [
            "path": .string(path), "error": problem.map(\.json) ?? .null, "tests": .array(tests.map(\.json)),
        ]
    }
}

/// How a test ended.
public struct TestCaseReport: Sendable {
    public enum Outcome: String, Sendable {
        case passed, failed
        /// It has a name and no function.
        case skipped
    }

    /// With the names of what it stands in: `rolling-reboot › waits for each server`.
    public var name: String
    public var line: Int
    public var outcome: Outcome
    public var failure: TestFailure?
    public var duration: Duration
    /// What the test itself printed.
    public var output: [String]

    var json: JSONValue {
        [
            "name": .string(name), "line": .integer(Int64(line)), "status": .string(outcome.rawValue),
            "seconds": .number(duration.seconds), "failure": failure.map(\.json) ?? .null,
            "output": .array(output.map(JSONValue.string)),
        ]
    }
}

/// What was wrong.
public struct TestFailure: Sendable {
    /// One line or many: what was expected, and what was there.
    public var message: String
    /// The file's name as positions have it, and the line; nil where there is none.
    public var file: String?
    public var line: Int?
    /// The chain of calls that led there, innermost first.
    public var traceback: [String] = []
    /// The runs of the test that did not end well, with their errors.
    public var notes: [String] = []
    /// Numbered lines around the place.
    public var excerpt: [(number: Int, text: String)] = []

    /// `file.lua:12`
    public var place: String? { file.map { file in line.map { "\(file):\($0)" } ?? file } }

    var json: JSONValue {
        [
            "message": .string(message), "file": file.map(JSONValue.string) ?? .null,
            "line": line.map { .integer(Int64($0)) } ?? .null, "traceback": .array(traceback.map(JSONValue.string)),
            "notes": .array(notes.map(JSONValue.string)),
        ]
    }

    /// With the lines around its place.
    func quoting(_ sources: [String: String]) -> TestFailure {
        guard let file, let line, let source = sources[file] else { return self }
        var failure = self
        let lines = source.lines
        guard lines.indices.contains(line - 1) else { return self }
        failure.excerpt = (max(1, line - 1)...min(lines.count, line + 1)).map { ($0, String(lines[$0 - 1])) }
        return failure
    }
}

extension Duration {
    var seconds: Double { Double(wholeMilliseconds) / 1000 }
    private var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
