package import IwinvCatalog

/// Events to rows and back, in one place.
extension JournalEvent {
    /// The word in the column `kind`.
    public var kind: String {
        switch self {
        case .begun: "begun"
        case .kept: "kept"
        case .asked: "asked"
        case .drawn: "drawn"
        case .delivered: "delivered"
        case .intended: "intended"
        case .compared: "compared"
        case .sending: "sending"
        case .withheld: "withheld"
        case .answered: "answered"
        case .concluded: "concluded"
        case .decided: "decided"
        case .granted: "granted"
        case .consented: "consented"
        case .resumed: "resumed"
        case .stopped: "stopped"
        case .ended: "ended"
        case .other(let kind, _, _): kind
        }
    }

    /// The call that it is about, if it is about one.
    public var call: UInt64? {
        switch self {
        case .asked(let question): question.call
        case .intended(let intent): intent.call
        case .answered(let answer): answer.call
        case .delivered(let call, _), .sending(let call, _, _), .withheld(let call, _), .decided(let call, _),
            .concluded(let call, _, _), .compared(let call, _, _):
            call
        case .granted(let call, _), .other(_, let call, _): call
        case .begun, .kept, .drawn, .consented, .resumed, .stopped, .ended: nil
        }
    }

    /// All but kind and call.
    package var body: JSONValue {
        switch self {
        case .begun(let header, let number, let texts):
            return ["header": header.json, "number": .integer(number), "texts": .strings(texts)]
        case .kept(let texts): return ["texts": .strings(texts)]
        case .asked(let question):
            return JSONValue(
                present: [
                    "task": .integer(question.task), "name": .string(question.name),
                    "place": question.place.map(JSONValue.string), "arguments": .array(question.arguments),
                ])
        case .drawn(let name, let value): return ["name": .string(name), "value": value]
        case .delivered(_, .success(let values)): return ["values": .array(values)]
        case .delivered(_, .failure(let error)): return ["error": error]
        case .intended(let intent): return intent.json
        case .sending(_, let attempt, let time):
            let body: [String: JSONValue?] = ["attempt": .integer(Int64(attempt))]
            return JSONValue(present: body.merging(time?.json ?? [:]) { $1 })
        case .withheld(_, let attempt): return ["attempt": .integer(Int64(attempt))]
        case .answered(let answer):
            return JSONValue(
                present: [
                    "attempt": .integer(Int64(answer.attempt)), "status": answer.status.map { .integer(Int64($0)) },
                    "code": answer.code.map(JSONValue.string), "outcome": .string(answer.outcome),
                    "milliseconds": .integer(answer.milliseconds),
                ])
        case .compared(_, let row, let known): return ["row": row, "known": .strings(known)]
        case .concluded(_, let changes, let rows):
            return JSONValue(present: ["changes": .array(changes), "rows": rows.map(JSONValue.array)])
        case .decided(_, let decision): return ["decision": .string(decision.rawValue)]
        case .granted(_, let grant): return ["grant": .string(grant)]
        case .consented(let consent, let question):
            return ["consent": consent.json, "about": .string(question.rawValue)]
        case .resumed(let script, let options):
            return JSONValue(present: ["script": script.map(JSONValue.string), "options": options])
        case .stopped(let reason): return ["reason": .string(reason)]
        case .ended(let ending, let report): return ["ending": .string(ending), "report": report]
        case .other(_, _, let body): return body
        }
    }

    package init(kind: String, call: UInt64?, body: JSONValue) {
        self = Self.read(kind, call, body) ?? .other(kind: kind, call: call, body: body)
    }

    private static func read(_ kind: String, _ call: UInt64?, _ body: JSONValue) -> JournalEvent? {
        if let call { return readOfCall(kind, call, body) }
        switch kind {
        case "begun":
            guard let header = body["header"].flatMap(RunHeader.init), let number = body["number"]?.integerValue,
                let texts = body["texts"]?.strings
            else { return nil }
            return .begun(header, number: number, texts: texts)
        case "kept": return body["texts"]?.strings.map { .kept(texts: $0) }
        case "drawn":
            guard let name = body["name"]?.stringValue, let value = body["value"] else { return nil }
            return .drawn(name: name, value: value)
        case "granted": return body["grant"]?.stringValue.map { .granted(call: nil, grant: $0) }
        case "consented":
            guard let consent = RunConsent(json: body["consent"]),
                let question = body["about"]?.stringValue.flatMap(ConsentQuestion.init)
            else { return nil }
            return .consented(consent, about: question)
        case "resumed": return body["options"].map { .resumed(script: body["script"]?.stringValue, options: $0) }
        case "stopped": return body["reason"]?.stringValue.map { .stopped(reason: $0) }
        case "ended":
            guard let ending = body["ending"]?.stringValue, let report = body["report"] else { return nil }
            return .ended(ending: ending, report: report)
        default: return nil
        }
    }

    private static func readOfCall(_ kind: String, _ call: UInt64, _ body: JSONValue) -> JournalEvent? {
        let attempt = body["attempt"]?.integerValue.flatMap { Int(exactly: $0) }
        switch kind {
        case "asked":
            guard let task = body["task"]?.integerValue, let name = body["name"]?.stringValue,
                let arguments = body["arguments"]?.arrayValue
            else { return nil }
            return .asked(
                CallQuestion(
                    call: call, task: task, name: name, place: body["place"]?.stringValue, arguments: arguments))
        case "delivered":
            if let values = body["values"]?.arrayValue { return .delivered(call: call, .success(values)) }
            return body["error"].map { .delivered(call: call, .failure($0)) }
        case "intended": return ChangeIntent(call: call, json: body).map { .intended($0) }
        case "sending": return attempt.map { .sending(call: call, attempt: $0, time: SendingTime(json: body)) }
        case "withheld": return attempt.map { .withheld(call: call, attempt: $0) }
        case "answered":
            guard let attempt, let outcome = body["outcome"]?.stringValue,
                let milliseconds = body["milliseconds"]?.integerValue
            else { return nil }
            return .answered(
                ChangeAnswer(
                    call: call, attempt: attempt, status: body["status"]?.integerValue.flatMap { Int(exactly: $0) },
                    code: body["code"]?.stringValue, outcome: outcome, milliseconds: milliseconds))
        case "compared":
            guard let row = body["row"], let known = body["known"]?.strings else { return nil }
            return .compared(call: call, row: row, known: known)
        case "concluded":
            return body["changes"]?.arrayValue.map {
                .concluded(call: call, changes: $0, rows: body["rows"]?.arrayValue)
            }
        case "decided":
            return body["decision"]?.stringValue.flatMap(ResumeDecision.init).map { .decided(call: call, $0) }
        case "granted": return body["grant"]?.stringValue.map { .granted(call: call, grant: $0) }
        default: return nil
        }
    }

    /// The texts that must be there as long as this entry is.
    var texts: [String] {
        switch self {
        case .begun(_, _, let texts), .kept(let texts): texts
        default: []
        }
    }
}

extension ChangeIntent {
    fileprivate var json: JSONValue {
        JSONValue(
            present: [
                "operation": .string(operation),
                "target": target.map { ["key": .string($0.key), "id": .string($0.id)] },
                "id": id.map(JSONValue.string), "name": name.map(JSONValue.string), "before": before,
                "wanted": wanted, "arguments": arguments, "grant": grant.map(JSONValue.string),
            ])
    }

    fileprivate init?(call: UInt64, json: JSONValue) {
        guard let operation = json["operation"]?.stringValue, let before = json["before"],
            let wanted = json["wanted"], let arguments = json["arguments"]
        else { return nil }
        var target: Target?
        if let key = json["target"]?["key"]?.stringValue, let id = json["target"]?["id"]?.stringValue {
            target = Target(key: key, id: id)
        }
        self.init(
            call: call, operation: operation, target: target, id: json["id"]?.stringValue,
            name: json["name"]?.stringValue, before: before, wanted: wanted, arguments: arguments,
            grant: json["grant"]?.stringValue)
    }
}

extension JSONValue {
    package static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map(JSONValue.string))
    }

    /// If this is an array of nothing but strings.
    package var strings: [String]? {
        guard let elements = arrayValue else { return nil }
        let texts = elements.compactMap(\.stringValue)
        return texts.count == elements.count ? texts : nil
    }
}
