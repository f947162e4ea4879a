import Clocks
public import IwinvCatalog
import LuaSyntax

/// What a check of some files says, as text or as JSON.
public struct CheckReport: Sendable {
    /// The files as they were named.
    public var files: [String]
    public var findings: [ScriptFinding]

    public init(files: [String], findings: [ScriptFinding]) {
        self.files = files
        self.findings = findings
    }

    public func count(_ severity: ScriptFinding.Severity) -> Int { findings.count { $0.severity == severity } }

    /// The shape of `--output json`: columns and lines from 1, columns in characters; `end_column` lies behind the last.
    ///
    /// ```json
    /// {"files": ["a.lua"], "errors": 1, "warnings": 0,
    ///  "findings": [{"file": "a.lua", "line": 3, "column": 17, "end_line": 3, "end_column": 20,
    ///                "rule": "unknown-operation", "severity": "error",
    ///                "message": "`iwinv.instances` has no `lst`; did you mean `list`?", "suggestion": "list",
    ///                "text": "for vm in iwinv.instances.lst() do"}]}
    /// ```
    public var json: JSONValue {
        [
            "files": .array(files.map(JSONValue.string)), "errors": .integer(Int64(count(.error))),
            "warnings": .integer(Int64(count(.warning))), "findings": .array(findings.map(Self.json)),
        ]
    }

    private static func json(_ finding: ScriptFinding) -> JSONValue {
        [
            "file": .string(finding.file), "line": .integer(Int64(finding.start.line)),
            "column": .integer(Int64(finding.start.column)), "end_line": .integer(Int64(finding.end.line)),
            "end_column": .integer(Int64(finding.end.column)), "rule": .string(finding.rule.rawValue),
            "severity": .string(finding.severity.rawValue), "message": .string(finding.message),
            "suggestion": finding.suggestion.map(JSONValue.string) ?? .null, "text": .string(finding.line),
        ]
    }
}

extension ScriptFinding {
    /// The first line of its text: `a.lua:3:17`.
    public var place: String { "\(file.escapedForTerminal()):\(start.line):\(start.column)" }

    /// The line, and under it a caret below each column that the finding is about.
    public var excerpt: [String] {
        // One of many on a line of a whole file: showing each would take time without end.
        guard !line.isEmpty, line.utf8.count <= 4096 else { return [] }
        let characters = Array(line)
        let from = min(start.column - 1, characters.count)
        let to = end.line > start.line ? characters.count : min(end.column - 1, characters.count)
        func shown(_ part: ArraySlice<Character>) -> String {
            String(part).escapedForTerminal().replacing("\\u{9}", with: "    ")
        }
        // A very long line is shown around the place.
        let first = max(0, from - 70)
        let last = min(characters.count, max(to, from) + 40, first + 160)
        let before = (first > 0 ? "…" : "") + shown(characters[first..<from])
        let inside = shown(characters[from..<min(max(to, from), last)])
        let after = shown(characters[min(max(to, from), last)..<last]) + (last < characters.count ? "…" : "")
        let number = "\(start.line)".fitted(to: 4, alignedRight: true)
        return [
            "\(number) │ \(before)\(inside)\(after)",
            "     │ " + String(repeating: " ", count: before.displayWidth)
                + String(repeating: "^", count: max(1, inside.displayWidth)),
        ]
    }
}
