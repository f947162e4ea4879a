public import Clocks
public import Gate
public import IwinvCatalog
import IwinvWire
public import RunStore

extension Journal {
    /// Begins the journal of a run; give the log to ``RunOptions/log``.
    ///
    /// - Parameters:
    ///   - kind: `run`, `apply`, `undo`, `repl`.
    ///   - account: which cloud and whose, without the key.
    ///   - limits: what else a run that goes on has to know, such as limits.
    ///   - claims: what no other run may do meanwhile, or again; `makes` says what counts as done.
    /// - Throws: `StoreError`.
    public func begin(
        _ script: Script, parameters: [String: JSONValue], options: RunOptions, kind: String = "run",
        profile: String, account: String, limits: JSONValue = [:], tool: String, parent: String? = nil,
        claims: [RunClaim] = [], makes: @escaping @Sendable (RunHistory) -> Bool = { _ in true }, clock: any HostClock
    ) async throws(StoreError) -> RunLog {
        let modules = script.modules.sorted { $0.key < $1.key }
        var record = limits.objectValue ?? [:]
        record[RecordedRun.approved] = options.rules.approved.map { .array($0.map(\.json)) }
        let header = RunHeader(
            kind: kind, script: script.name, text: SHA256.hex(script.source),
            modules: Dictionary(uniqueKeysWithValues: modules.map { ($0.key, SHA256.hex($0.value)) }),
            parameters: .object(parameters), grants: options.rules.grants.descriptions, profile: profile,
            account: account, seed: options.seed, clockStart: clock.now, options: .object(record), toolVersion: tool,
            parent: parent, consent: options.rules.consent, owner: script.owner)
        let log = try await begin(
            header, id: options.id ?? ScriptRun.randomID(), texts: [script.source] + modules.map(\.value),
            claims: claims, makes: makes, clock: clock)
        FailPoint.afterBegin.reach()
        return log
    }
}

/// A run as its journal has it, with the texts that it ran.
public struct RecordedRun: Sendable {
    public let header: RunHeader
    public let history: RunHistory
    /// As it was when the run was begun, or when it was last resumed with a changed one.
    public let script: Script
    public let parameters: [String: JSONValue]

    /// The kind of a session at a prompt.
    public static let promptKind = "repl"

    /// - Throws: `StoreError`, ``TapeProblem`` if texts are missing or there was no script, ``HeaderProblem``.
    public init(_ entries: [JournalEntry], in journal: Journal) async throws {
        history = RunHistory(entries)
        guard let header = history.header, let first = header.text else { throw TapeProblem("it has no header") }
        guard header.kind != Self.promptKind else {
            throw TapeProblem(
                noScript: "the run was a session at a prompt and has no script; `iwlua runs show` tells what it did")
        }
        self.header = header
        parameters = header.parameters.objectValue ?? [:]
        // A changed script brings its modules with it.
        let changed = history.resumptions.last { $0.script != nil }
        let text = changed?.script ?? first
        let recorded = changed?.options["modules"]?.objectValue?.compactMapValues(\.stringValue)
        var modules: [String: String] = [:]
        for (name, hash) in recorded ?? header.modules { modules[name] = try await Self.text(hash, in: journal) }
        var script = try Script(
            name: header.script, source: try await Self.text(text, in: journal), modules: modules)
        script.owner = header.owner ?? .earlier(header.script)
        self.script = script
    }

    private static func text(_ hash: String, in journal: Journal) async throws -> String {
        guard let text = try await journal.text(hash) else { throw TapeProblem("the text \(hash) is missing") }
        return text
    }

    fileprivate static let approved = "approved"

    /// The changes of the plan that somebody said yes to before it began; nil if there was none.
    public var approved: [PlanEntry]? {
        get throws { try header.options[Self.approved]?.arrayValue.map { try $0.map { try PlanEntry(recorded: $0) } } }
    }

    /// The grants that it had.
    public var grants: [Grant] { (header.grants + history.granted).compactMap { try? Grant($0) } }
}

extension RunLog {
    /// Says that the run goes on, perhaps with a changed script.
    public func resume(with script: Script?) async throws(StoreError) {
        var options: [String: JSONValue] = [:]
        if let script {
            let modules = script.modules.sorted { $0.key < $1.key }
            _ = try await keep([script.source] + modules.map(\.value))
            options["modules"] = .object(
                Dictionary(uniqueKeysWithValues: modules.map { ($0.key, .string(SHA256.hex($0.value))) }))
        }
        try await commit(.resumed(script: script.map { SHA256.hex($0.source) }, options: .object(options)))
        FailPoint.afterResumed.reach()
    }
}
