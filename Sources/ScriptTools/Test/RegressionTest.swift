import Clocks
import IwinvCatalog
import LuaRuntime
package import RunStore
package import ScriptHost

/// A test made from a run: its script on the replies that it had, with what came of it.
package struct RegressionTest: Sendable {
    /// Beyond this many lines a result says more than a person reads.
    private static let longest = 60

    /// The run's name.
    package var run: String
    package var entries: [JournalEntry]
    /// The script's path as the test names it.
    package var script: String
    /// How the script ends on these replies: what the test expects.
    package var report: RunReport

    package init(run: String, entries: [JournalEntry], script: String, report: RunReport) {
        self.run = run
        self.entries = entries
        self.script = script
        self.report = report
    }

    /// The text of the file.
    package var text: String {
        let history = RunHistory(entries)
        let recorded = history.ending?.word ?? "nothing: it was cut"
        let name = script.split(separator: "/").last.map(String.init) ?? script
        var lines = [
            "-- \(name) on the replies that the run \(run) had; it ended with \(recorded).",
            "-- Written by `iwlua replay \(run) --as-test`; run it with `iwlua test`. Nothing leaves this machine.",
            "--",
            "-- It expects what came of the run. When the script has been mended, write what shall come of it now, such as",
            "-- expect(run.ended):equals(\"done\"). The script must make the recorded calls in the recorded order up to where it",
            "-- may differ: `run.diverged` says where it does something else, and nobody has the replies to that.",
            "",
            "it(\(LuaLiteral.quoted("\(name) on the replies of the run \(run)")), function()",
            "    local run = script.replay(\(LuaLiteral.quoted(run)), \(LuaLiteral.quoted(script)))",
        ]
        lines += expectations.map { "    " + $0 }
        lines += ["end)", "", ""]
        return lines.joined(separator: "\n") + Recording.text(name: run, entries)
    }

    private var expectations: [String] {
        var lines: [String] = []
        if report.failure?.kind == "diverged" {
            lines += equals("run.diverged", .string(report.failure?.message ?? ""))
        } else {
            lines.append("expect(run.diverged):is_nil()")
        }
        lines += equals("run.ended", .string(report.ended.rawValue))
        if let failure = report.failure, failure.kind != "diverged" {
            lines += equals("run.error.message", .string(failure.message))
        }
        if !report.result.isNull { lines += bounded(equals("run.result", LuaValue(report.result))) }
        let changes = report.changes.map { change -> LuaValue in
            var members: [String: LuaValue] = [
                "operation": .string("\(change.operation)"), "outcome": .string(change.outcome.rawValue),
            ]
            members["id"] = change.id.map(LuaValue.string)
            members["after"] = change.after.isNull ? nil : LuaValue(change.after)
            return .object(members)
        }
        lines.append("expect(run.changes):has_length(\(changes.count))")
        lines += bounded(
            changes.enumerated().flatMap { index, change in contains("run.changes[\(index + 1)]", change) })
        return lines
    }

    private func equals(_ what: String, _ value: LuaValue) -> [String] { call("expect(\(what)):equals", value) }
    private func contains(_ what: String, _ value: LuaValue) -> [String] { call("expect(\(what)):contains", value) }

    private func call(_ start: String, _ value: LuaValue) -> [String] {
        var lines = LuaLiteral.lines(value, width: 100 - start.count)
        let last = lines.count - 1
        lines[0] = "\(start)(" + lines[0]
        lines[last] += ")"
        return lines
    }

    /// What is too long is left out; the calls tell the rest.
    private func bounded(_ lines: [String]) -> [String] { lines.count > Self.longest ? [] : lines }
}
