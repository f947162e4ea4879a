public import Clocks
public import IwinvCatalog

/// What a run is, as it was when it began: the first entry of its journal. Written by whoever starts the run.
public struct RunHeader: Sendable, Hashable {
    /// `run`, `apply`, `undo`, …; the caller's word.
    public var kind: String
    /// The script's name, for people.
    public var script: String
    /// Whose values the script's `store` has; nil in a journal of an earlier version.
    public var owner: StateOwner?
    /// The script's text: its SHA-256, under which ``Journal/text(_:)`` has it.
    public var text: String?
    /// The modules that the script requires: SHA-256 by name.
    public var modules: [String: String]
    /// The script's parameters, an object. A secret is a handle here, as everywhere in the journal.
    public var parameters: JSONValue
    /// What the run may do: `instances:edit`.
    public var grants: [String]
    public var profile: String
    /// Which cloud and whose: endpoint and fingerprint, never the key.
    public var account: String
    /// Of the script's random numbers.
    public var seed: UInt64
    /// What the run's clock showed at its start.
    public var clockStart: Instant
    /// Limits and switches; the caller's.
    public var options: JSONValue
    public var toolVersion: String
    /// The run that this one undoes or carries on.
    public var parent: String?
    /// Whose agreement it began with; nil in a journal of an earlier version.
    public var consent: RunConsent?

    public init(
        kind: String, script: String, text: String? = nil, modules: [String: String] = [:],
        parameters: JSONValue = [:], grants: [String] = [], profile: String = "", account: String = "",
        seed: UInt64 = 0, clockStart: Instant, options: JSONValue = [:], toolVersion: String = "",
        parent: String? = nil, consent: RunConsent? = nil, owner: StateOwner? = nil
    ) {
        self.owner = owner
        self.consent = consent
        self.kind = kind
        self.script = script
        self.text = text
        self.modules = modules
        self.parameters = parameters
        self.grants = grants
        self.profile = profile
        self.account = account
        self.seed = seed
        self.clockStart = clockStart
        self.options = options
        self.toolVersion = toolVersion
        self.parent = parent
    }
}

extension RunHeader {
    var json: JSONValue {
        JSONValue(
            present: [
                "kind": .string(kind), "script": .string(script), "text": text.map(JSONValue.string),
                "modules": .object(modules.mapValues(JSONValue.string)), "parameters": parameters,
                "grants": .array(grants.map(JSONValue.string)), "profile": .string(profile),
                // As text: half of the 64-bit numbers are no integers to a reader of JSON.
                "account": .string(account), "seed": .string(String(seed)),
                "clock_start": .integer(clockStart.nanoseconds), "options": options, "tool": .string(toolVersion),
                "parent": parent.map(JSONValue.string), "consent": consent?.json,
                "owner": owner.map { ["file": .string($0.file), "name": .string($0.name)] },
            ])
    }

    init?(json: JSONValue) {
        guard let kind = json["kind"]?.stringValue, let script = json["script"]?.stringValue,
            let modules = json["modules"]?.objectValue, let parameters = json["parameters"],
            let grants = json["grants"]?.arrayValue, let profile = json["profile"]?.stringValue,
            let account = json["account"]?.stringValue, let seed = json["seed"]?.stringValue.flatMap({ UInt64($0) }),
            let start = json["clock_start"]?.integerValue, let options = json["options"],
            let tool = json["tool"]?.stringValue
        else { return nil }
        let owner = json["owner"].map { owner in
            StateOwner(file: owner["file"]?.stringValue, name: owner["name"]?.stringValue, fileName: script)
        }
        self.init(
            kind: kind, script: script, text: json["text"]?.stringValue,
            modules: modules.compactMapValues(\.stringValue), parameters: parameters,
            grants: grants.compactMap(\.stringValue), profile: profile, account: account, seed: seed,
            clockStart: Instant(nanoseconds: start), options: options, toolVersion: tool,
            parent: json["parent"]?.stringValue, consent: RunConsent(json: json["consent"]), owner: owner)
    }
}

extension JSONValue {
    /// An object of those members that have a value; a null is one.
    init(present members: [String: JSONValue?]) {
        self = .object(members.compactMapValues { $0 })
    }
}
