import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// What the program says of a fixture, and what it has to say: `answers.json`, a line for each question about each run.
///
/// `IWLUA_FIXTURES=answers` writes down what it says now: each line that differs is to be looked at. What must be so in any
/// case is asked by the tests beside it.
final class StateAnswers {
    private let file: URL
    private let expected: [String: JSONValue]
    private var observed: [String: JSONValue] = [:]

    init(_ fixture: StateFixture) throws {
        file = fixture.folder.appendingPathComponent("answers.json")
        let isThere = FileManager.default.fileExists(atPath: file.path)
        expected =
            isThere || !StateFixture.isAnswering
            ? try JSONCodec.decode(Array(Data(contentsOf: file))).objectValue ?? [:] : [:]
    }

    /// The program has said this to a question, such as `after-sending#1 resume`.
    func said(_ answer: JSONValue, to question: String, _ place: SourceLocation = #_sourceLocation) {
        guard !StateFixture.isAnswering else {
            observed[question] = answer
            return
        }
        let wanted = expected[question] ?? .null
        let difference = Self.difference(answer, wanted, at: "")
        #expect(
            difference == nil, "\(file.deletingLastPathComponent().lastPathComponent): \(question)\(difference ?? "")",
            sourceLocation: place)
    }

    /// The expected answer to a question that the tests ask again, in another way.
    func answer(to question: String) -> JSONValue { observed[question] ?? expected[question] ?? .null }

    /// Keeps what was said, if that was asked for.
    func write() throws {
        guard StateFixture.isAnswering else { return }
        let all = expected.merging(observed) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { question, answer in
            String(decoding: JSONCodec.encode(.string(question)), as: UTF8.self) + ": "
                + String(decoding: JSONCodec.encode(answer), as: UTF8.self)
        }
        try Data("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8).write(to: file)
    }

    /// Where an answer lacks something or has something else; members that nobody asked for are welcome.
    private static func difference(_ answer: JSONValue, _ wanted: JSONValue, at path: String) -> String? {
        func text(_ value: JSONValue) -> String { String(decoding: JSONCodec.encode(value), as: UTF8.self) }
        switch (answer, wanted) {
        case (.object(let members), .object(let wanted)):
            return wanted.sorted { $0.key < $1.key }.lazy
                .compactMap { difference(members[$0.key] ?? .null, $0.value, at: "\(path).\($0.key)") }.first
        case (.array(let elements), .array(let wanted)) where elements.count == wanted.count:
            return zip(elements, wanted).enumerated().lazy
                .compactMap { difference($0.element.0, $0.element.1, at: "\(path)[\($0.offset)]") }.first
        default: return answer == wanted ? nil : "\(path) is \(text(answer)), and was \(text(wanted))"
        }
    }
}

/// Documents of the program without what differs each time.
enum StateDocument {
    /// A line for each change: `instances.edit r01-1 {"name":"r01-1"} → {"name":"new-r01-1"}: confirmed by instances.get`.
    static func changes(_ list: JSONValue?) -> JSONValue {
        .array(
            (list?.arrayValue ?? []).map { change in
                func text(_ key: String) -> String? { change[key]?.stringValue }
                func row(_ key: String) -> String {
                    let text = String(decoding: JSONCodec.encode(change[key] ?? .null), as: UTF8.self)
                    // Of a row that goes or comes as a whole its name is enough.
                    return text.count <= 120 ? text : "{…}"
                }
                let what = [text("operation"), text("name") ?? text("id")].compactMap { $0 }.joined(separator: " ")
                let reason = text("settled_by").map { " by \($0)" } ?? ""
                let decision = text("decision").map { ", \($0)" } ?? ""
                return .string(
                    "\(what) \(row("before")) → \(row("after")): \(text("outcome") ?? "?")\(reason)\(decision)")
            })
    }

    /// `runs show --output json`.
    static func shown(_ document: JSONValue) -> JSONValue {
        let course = (document["course"]?.arrayValue ?? []).map { entry -> JSONValue in
            let words = ["event", "consent", "about", "grant", "decision", "reason", "ending"]
            return .string(words.compactMap { entry[$0]?.stringValue }.joined(separator: " "))
        }
        let calls = (document["calls"]?.arrayValue ?? []).map { call -> JSONValue in
            .string(
                ["name", "state", "place"].compactMap { call[$0]?.stringValue }.joined(separator: " ")
                    + " ×\(call["attempts"]?.integerValue ?? -1)")
        }
        // The rest stands in the list of runs.
        var members: [String: JSONValue] = [:]
        members["changed"] = changes(document["resources"])
        members["calls"] = .array(calls)
        members["course"] = .array(course)
        for key in ["state", "grants", "parameters", "seed", "profile", "parent"] {
            members[key] = document[key] ?? .null
        }
        // A plan is in the parameters of the run that carries it out.
        members["parameters"] = members["parameters"].flatMap { value in
            value["plan"] == nil ? value : ["plan": value["plan"]?["digest"] ?? .null]
        }
        return .object(members)
    }

    /// A run in a list.
    static func summary(_ run: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for key in ["run", "number", "kind", "script", "account", "state", "changes", "unknown", "entries"] {
            members[key] = run[key] ?? .null
        }
        return .object(members)
    }
}
