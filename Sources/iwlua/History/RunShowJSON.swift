import Clocks
import IwinvCatalog
import RunStore

extension RunRecord {
    /// The document of `iwlua runs show`. Stable: members may be added.
    var json: JSONValue {
        var members = summary.json.objectValue ?? [:]
        if let header = history.header { members.merge(header.document) { _, new in new } }
        members["calls"] = .array(calls.map(\.json))
        members["resources"] = .array(changes.map(\.json))
        members["course"] = .array(course.map(\.json))
        members["report"] = history.ending?.report ?? .null
        return .object(members)
    }
}

extension RunHeader {
    fileprivate var document: [String: JSONValue] {
        [
            "script": .string(script), "text": text.map(JSONValue.string) ?? .null,
            "modules": .object(modules.mapValues(JSONValue.string)), "parameters": parameters,
            "grants": .array(grants.map(JSONValue.string)), "profile": .string(profile),
            // As text: half of the 64-bit numbers are no integers to a reader of JSON.
            "account": .string(account), "seed": .string("\(seed)"), "options": options,
            "tool": .string(toolVersion), "parent": parent.map(JSONValue.string) ?? .null,
        ]
    }
}

extension ResourceChange {
    /// A change in the documents of the history.
    var json: JSONValue {
        [
            "operation": .string(operation), "id": id.map(JSONValue.string) ?? .null,
            "name": name.map(JSONValue.string) ?? .null, "before": before, "after": after,
            "wanted": wanted ?? .null,
            "outcome": .string(outcome), "settled_by": settledBy.map(JSONValue.string) ?? .null,
            "decision": decision.map(JSONValue.string) ?? .null, "call": .integer(Int64(clamping: call)),
            "place": place.map(JSONValue.string) ?? .null, "at": at.map { .string(TimeText.utc($0)) } ?? .null,
        ]
    }
}

extension RecordedCall {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "call": .integer(Int64(clamping: number)), "task": .integer(task), "name": .string(name),
            "place": place.map(JSONValue.string) ?? .null, "subject": subject.map(JSONValue.string) ?? .null,
            "arguments": arguments, "attempts": .integer(Int64(attempts)), "asked": .string(TimeText.utc(asked)),
            "answered": answered.map { .string(TimeText.utc($0)) } ?? .null, "outcomes": [], "error": .null,
        ]
        switch outcome {
        case .answered: members["state"] = "answered"
        case .open: members["state"] = "open"
        case .failed(let kind, let message):
            members["state"] = "failed"
            members["error"] = ["kind": .string(kind), "message": .string(message)]
        case .changed(let outcomes):
            members["state"] = "changed"
            members["outcomes"] = .array(outcomes.map(JSONValue.string))
        }
        return .object(members)
    }
}

extension JournalEntry {
    /// An entry of a run's course.
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["at": .string(TimeText.utc(at)), "event": .string(event.kind)]
        if let call = event.call { members["call"] = .integer(Int64(clamping: call)) }
        switch event {
        case .granted(_, let grant): members["grant"] = .string(grant)
        case .consented(let consent, let question):
            members["consent"] = .string(consent.source.rawValue)
            members["about"] = .string(question.rawValue)
        case .decided(_, let decision): members["decision"] = .string(decision.rawValue)
        case .resumed(let script, let options):
            members["text"] = script.map(JSONValue.string) ?? .null
            members["options"] = options
        case .stopped(let reason): members["reason"] = .string(reason)
        case .ended(let word, _): members["ending"] = .string(word)
        default: break
        }
        return .object(members)
    }
}
