import Clocks

extension TestReport {
    /// The document that build servers read.
    public var junit: String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(
            "<testsuites name=\"iwlua test\" tests=\"\(total + broken)\" failures=\"\(count(.failed))\""
                + " errors=\"\(broken)\" skipped=\"\(count(.skipped))\" time=\"\(Self.seconds(duration))\">")
        for file in files { lines += Self.suite(file) }
        return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private static func suite(_ file: TestFileReport) -> [String] {
        let failed = file.tests.count { $0.outcome == .failed }
        let skipped = file.tests.count { $0.outcome == .skipped }
        let errors = file.problem == nil ? 0 : 1
        let time = file.tests.reduce(Duration.zero) { $0 + $1.duration }
        var lines = [
            "  <testsuite name=\"\(escaped(file.path))\" tests=\"\(file.tests.count + errors)\" failures=\"\(failed)\""
                + " errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(seconds(time))\">"
        ]
        if let problem = file.problem {
            lines.append("    <testcase name=\"(file)\" classname=\"\(escaped(file.path))\" time=\"0.000\">")
            lines += failure("error", problem) + ["    </testcase>"]
        }
        for test in file.tests {
            let opening =
                "    <testcase name=\"\(escaped(test.name))\" classname=\"\(escaped(file.path))\""
                + " file=\"\(escaped(file.path))\" line=\"\(test.line)\" time=\"\(seconds(test.duration))\""
            var inner: [String] = []
            if test.outcome == .skipped { inner.append("      <skipped/>") }
            if let problem = test.failure { inner += failure("failure", problem) }
            if !test.output.isEmpty {
                inner.append("      <system-out>\(escaped(test.output.joined(separator: "\n")))</system-out>")
            }
            lines += inner.isEmpty ? [opening + "/>"] : [opening + ">"] + inner + ["    </testcase>"]
        }
        return lines + ["  </testsuite>"]
    }

    private static func failure(_ element: String, _ failure: TestFailure) -> [String] {
        let first = failure.message.lines.first.map(String.init) ?? ""
        let text = [failure.message, failure.place.map { "at \($0)" } ?? ""] + failure.traceback + failure.notes
        return [
            "      <\(element) message=\"\(escaped(first))\">"
                + escaped(text.filter { !$0.isEmpty }.joined(separator: "\n")) + "</\(element)>"
        ]
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int64((duration.seconds * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Text for XML 1.0: what it has no way to write becomes a replacement character.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            case "\r": escaped += "&#13;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
