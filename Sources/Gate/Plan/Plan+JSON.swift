import Clocks
import Foundation
public import IwinvCatalog
import IwinvWire

/// Why a document is no plan that can be carried out.
public struct PlanProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

extension Plan {
    /// The document, with its digest.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "format": .integer(Self.format), "kind": .string(origin.kind), "tool": .string(origin.tool),
            "made_at": .string(Self.text(of: origin.madeAt)), "profile": .string(origin.profile),
            "account": .string(origin.account),
            "script": [
                "name": .string(origin.script), "sha256": .string(origin.hash),
                "modules": .object(origin.modules.mapValues(JSONValue.string)),
            ],
            "parameters": origin.parameters, "steps": .array(steps.map(\.json)),
            "grants": .array(grants.map(JSONValue.string)), "notes": .array(notes.map(\.json)),
        ]
        members["parent"] = origin.parent.map(JSONValue.string)
        members["digest"] = .string(Self.digest(members))
        return .object(members)
    }

    /// Reads a document.
    ///
    /// The digest finds slips, and no forgers: whoever edits a document can write a digest that fits. So what is shown of
    /// a change is derived from what it does, and a change whose own words say something else is refused.
    ///
    /// - Throws: ``PlanProblem`` if it is of another version, was edited, or is none at all.
    public init(json: JSONValue) throws(PlanProblem) {
        var reader = PlanReader()
        try self.init(json) { entry throws(PlanProblem) in try reader.entry(entry) }
        // Grants are those that the changes need; others that the script asked for are none of the plan's.
        let needed = Self.grants(for: entries)
        if let missing = needed.first(where: { !grants.contains($0) }) {
            throw PlanProblem("`grants` lacks \(missing), which its changes need")
        }
        grants = needed
        for case .wait(let wait) in steps { try Self.check(wait) }
    }

    /// Reads a document of this machine's own journal. A run that an earlier version has begun goes on, whatever this one
    /// asks of a file.
    public init(recorded json: JSONValue) throws(PlanProblem) {
        try self.init(json) { entry throws(PlanProblem) in try PlanEntry(recorded: entry) }
    }

    private init(
        _ json: JSONValue, _ entry: (JSONValue) throws(PlanProblem) -> PlanEntry
    ) throws(PlanProblem) {
        guard let members = json.objectValue, let format = members["format"]?.integerValue else {
            throw PlanProblem("it is not a plan of iwlua")
        }
        guard format == Self.format else {
            throw PlanProblem(
                "it is a plan of format \(format), and this version of iwlua knows format \(Self.format) only")
        }
        guard members["digest"]?.stringValue == Self.digest(members) else {
            throw PlanProblem("it was edited since iwlua made it: its digest does not fit")
        }
        guard let kind = members["kind"]?.stringValue,
            let madeAt = members["made_at"]?.stringValue.flatMap(Self.instant),
            let name = members["script"]?["name"]?.stringValue, let account = members["account"]?.stringValue,
            let steps = members["steps"]?.arrayValue, let grants = members["grants"]?.arrayValue,
            let notes = members["notes"]?.arrayValue, ["run", "undo"].contains(kind)
        else { throw PlanProblem("something is missing in it") }
        var read: [PlanStep] = []
        for step in steps { read.append(try PlanStep(json: step, entry)) }
        self.init(
            origin: Origin(
                kind: kind, script: name, hash: members["script"]?["sha256"]?.stringValue ?? "",
                modules: (members["script"]?["modules"]?.objectValue ?? [:]).compactMapValues(\.stringValue),
                parameters: members["parameters"] ?? [:], parent: members["parent"]?.stringValue,
                profile: members["profile"]?.stringValue ?? "", account: account, madeAt: madeAt,
                tool: members["tool"]?.stringValue ?? ""),
            steps: read, grants: grants.compactMap(\.stringValue),
            notes: notes.map { note in
                PlanNote(
                    note["kind"]?.stringValue.flatMap(PlanNote.Kind.init) ?? .unknown,
                    text: note["text"]?.stringValue ?? "", korean: note["korean"]?.stringValue,
                    place: note["place"]?.stringValue)
            })
    }

    /// Checks that a wait is one that a script could make: who carries it out passes it on.
    private static func check(_ wait: PlanWait) throws(PlanProblem) {
        let row = Catalog.iwinv[OperationName(resource: wait.resource, verb: "get")]?.row
        guard let row, row.states.contains(wait.state) else {
            throw PlanProblem("one of its waits is for a state that nothing has: \(wait.resource) \(wait.state)")
        }
        for id in wait.ids where !Identifier.isValid(id) {
            throw PlanProblem("one of its waits is for something that has no identifier: \(id)")
        }
    }

    /// SHA-256 over the canonical document without its digest.
    private static func digest(_ members: [String: JSONValue]) -> String {
        SHA256.hex(JSONCodec.encode(.object(members.filter { $0.key != "digest" })))
    }

    private static func text(of instant: Instant) -> String {
        Date(timeIntervalSince1970: Double(instant.seconds)).formatted(.iso8601)
    }

    private static func instant(_ text: String) -> Instant? {
        (try? Date(text, strategy: .iso8601)).map { Instant(seconds: Int64($0.timeIntervalSince1970)) }
    }
}

extension PlanStep {
    var json: JSONValue {
        switch self {
        case .changes(let entries): ["kind": "changes", "entries": .array(entries.map(\.json))]
        case .wait(let wait):
            [
                "kind": "wait", "resource": .string(wait.resource), "ids": .array(wait.ids.map(JSONValue.string)),
                "state": .string(wait.state), "timeout": .string(wait.timeout.text), "took": .string(wait.took.text),
            ]
        case .sleep(let duration): ["kind": "sleep", "duration": .string(duration.text)]
        }
    }

    init(
        json: JSONValue, _ entry: (JSONValue) throws(PlanProblem) -> PlanEntry
    ) throws(PlanProblem) {
        func duration(_ key: String) throws(PlanProblem) -> Duration {
            guard let text = json[key]?.stringValue, let duration = Duration(parsing: text) else {
                throw PlanProblem("one of its steps has no `\(key)`")
            }
            return duration
        }
        switch json["kind"]?.stringValue {
        case "changes":
            var entries: [PlanEntry] = []
            for json in json["entries"]?.arrayValue ?? [] { entries.append(try entry(json)) }
            self = .changes(entries)
        case "wait":
            guard let resource = json["resource"]?.stringValue, let ids = json["ids"]?.arrayValue,
                let state = json["state"]?.stringValue
            else { throw PlanProblem("one of its waits is incomplete") }
            self = .wait(
                PlanWait(
                    resource: resource, ids: ids.compactMap(\.stringValue), state: state,
                    timeout: try duration("timeout"), took: try duration("took")))
        case "sleep": self = .sleep(try duration("duration"))
        case let kind: throw PlanProblem("it has a step of a kind that this version does not know: \(kind ?? "none")")
        }
    }
}

extension PlanEntry {
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "number": .integer(Int64(number)), "operation": .string("\(operation)"), "arguments": .object(arguments),
            "before": before, "after": after, "expected": .object(expected),
            // For readers of the document; who carries it out looks into the catalog.
            "costs_money": .boolean(costsMoney), "can_be_undone": .boolean(!isFinal),
        ]
        members["id"] = id.map(JSONValue.string)
        members["name"] = name.map(JSONValue.string)
        members["place"] = place.map(JSONValue.string)
        members["undo_loses"] = undoLoses.map { .string($0.english) }
        if !creates.isEmpty { members["creates"] = .array(creates.map(JSONValue.string)) }
        return .object(members)
    }

    /// Reads what a journal has of an entry.
    package init(recorded json: JSONValue) throws(PlanProblem) {
        guard let number = json["number"]?.integerValue, let operation = json["operation"]?.stringValue,
            let arguments = json["arguments"]?.objectValue
        else { throw PlanProblem("one of its changes is incomplete") }
        let name = OperationName(stringLiteral: operation)
        guard Catalog.iwinv[name]?.effect.isChange == true else {
            throw PlanProblem("it has a change that this version does not know: \(operation)")
        }
        self.init(
            number: Int(clamping: number), operation: name, arguments: arguments, place: json["place"]?.stringValue,
            id: json["id"]?.stringValue, name: json["name"]?.stringValue, before: json["before"] ?? .null,
            after: json["after"] ?? [:], expected: json["expected"]?.objectValue ?? [:],
            creates: (json["creates"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
}

extension PlanNote {
    var json: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind.rawValue), "text": .string(text)]
        members["place"] = place.map(JSONValue.string)
        members["korean"] = korean.map(JSONValue.string)
        return .object(members)
    }
}
