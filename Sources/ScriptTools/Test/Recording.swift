import Clocks
import IwinvCatalog
import IwinvWire
package import RunStore

/// A run's journal as lines of comments in a test: what the script asked, and what it was told.
///
/// ```lua
/// -- ==Recording== r7k2m9qd
/// --| {"kind":"begun",…}
/// -- ==/Recording==
/// ```
///
/// No line of it reaches Lua, so it may be longer than a script. A secret is a handle in it, as in the journal.
package struct Recording: Sendable {
    package let name: String
    package let history: RunHistory

    private static let opening = "-- ==Recording=="
    private static let closing = "-- ==/Recording=="
    private static let mark = "--| "

    /// The block of lines.
    package static func text(name: String, _ entries: [JournalEntry]) -> String {
        let lines = entries.compactMap { entry -> String? in
            var body = entry.event.body
            switch entry.event {
            // Neither text nor times of requests are needed again, nor whose account it was.
            case .kept, .sending, .withheld: return nil
            case .begun: body = body.replacing(["header", "account"], by: "").replacing(["header", "profile"], by: "")
            default: break
            }
            var members: [String: JSONValue] = ["kind": .string(entry.event.kind), "body": body]
            members["call"] = entry.event.call.map { .integer(Int64(bitPattern: $0)) }
            return mark + String(decoding: JSONCodec.encode(.object(members)), as: UTF8.self)
        }
        return (["\(opening) \(name)"] + lines + [closing]).joined(separator: "\n") + "\n"
    }

    /// Takes the recordings out of a test's text; in the text that is left every line has its number still.
    ///
    /// - Throws: ``RecordingProblem`` with the line.
    package static func take(from text: String) throws(RecordingProblem) -> (code: String, recordings: [Recording]) {
        guard text.contains(opening) || text.contains(closing) else { return (text, []) }
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        var recordings: [Recording] = []
        var open: (name: String, line: Int, history: RunHistory)?
        for index in lines.indices {
            let line = lines[index]
            if line.hasPrefix(opening) {
                guard open == nil else { throw RecordingProblem(index + 1, "a recording begins inside another") }
                let name = line.dropFirst(opening.count).drop { $0 == " " }
                open = (String(name), index + 1, RunHistory())
            } else if line.hasPrefix(closing) {
                guard let whole = open else { throw RecordingProblem(index + 1, "no recording is open here") }
                guard whole.history.header != nil else {
                    throw RecordingProblem(whole.line, "the recording says nothing of its run")
                }
                recordings.append(Recording(name: whole.name, history: whole.history))
                open = nil
            } else if open != nil, line.hasPrefix(mark) {
                guard let event = event(line.dropFirst(mark.count)) else {
                    throw RecordingProblem(index + 1, "this line of the recording cannot be read")
                }
                open?.history.add(event)
            } else {
                continue
            }
            lines[index] = "--"
        }
        if let open { throw RecordingProblem(open.line, "the recording is not closed: `\(closing)` is missing") }
        return (lines.joined(separator: "\n"), recordings)
    }

    private static func event(_ text: Substring) -> JournalEvent? {
        guard let line = try? JSONCodec.decode(Array(text.utf8)), let kind = line["kind"]?.stringValue,
            let body = line["body"]
        else { return nil }
        let event = JournalEvent(
            kind: kind, call: (line["call"]?.integerValue).map { UInt64(bitPattern: $0) }, body: body)
        if case .other = event { return nil }
        return event
    }
}

/// What of a recording cannot be read, and in which line.
package struct RecordingProblem: Error, CustomStringConvertible {
    package var line: Int
    package var description: String

    init(_ line: Int, _ description: String) {
        self.line = line
        self.description = description
    }
}

extension JSONValue {
    /// With another value at a path, if there is one.
    fileprivate func replacing(_ path: [String], by value: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        guard case .object(var members) = self, let member = members[name] else { return self }
        members[name] = member.replacing(Array(path.dropFirst()), by: value)
        return .object(members)
    }
}
