public import Clocks
public import IwinvCatalog
import IwinvWire

/// What a lasting yes is bound to: an approval is good for a run of these terms and for no other (DESIGN 5).
///
/// ```swift
/// try await journal.approve(terms, at: clock.now)
/// if let approval = try await journal.approval(matching: terms) { … }  // a run of the same terms needs no question
/// ```
public struct ApprovalTerms: Sendable, Hashable {
    /// The script's name, for people; its text counts.
    public var script: String
    /// SHA-256 of the script's text.
    public var text: String
    /// The modules that it requires: SHA-256 by name.
    public var modules: [String: String]
    /// All of them, defaults included; an object.
    public var parameters: JSONValue
    public var profile: String
    /// Endpoint and fingerprint of the key.
    public var account: String
    /// What the run may do, as `Grant.description` writes it.
    public var grants: Set<String>
    /// Limits and switches, an object; the caller's.
    public var limits: JSONValue
    /// What was protected when the approval was given: patterns. Those of a run may be more, not fewer.
    public var protected: Set<String>

    public init(
        script: String, text: String, modules: [String: String], parameters: JSONValue, profile: String,
        account: String, grants: Set<String>, limits: JSONValue, protected: Set<String>
    ) {
        self.script = script
        self.text = text
        self.modules = modules
        self.parameters = parameters
        self.profile = profile
        self.account = account
        self.grants = grants
        self.limits = limits
        self.protected = protected
    }

    /// SHA-256 of all of it but the script's name.
    public var digest: String {
        var members = json.objectValue ?? [:]
        members["script"] = nil
        return SHA256.hex(JSONCodec.encode(.object(members)))
    }

    /// Names the approval; the same terms have the same.
    public var id: String { "a" + digest.prefix(11) }

    /// Whether a yes to these terms is one to a run.
    ///
    /// - Parameter run: The terms of the run. If it asks for no grants by itself it has those of the approval.
    public func cover(_ run: ApprovalTerms) -> Bool {
        guard run.protected.isSuperset(of: protected) else { return false }
        var run = run
        run.protected = protected
        if run.grants.isEmpty { run.grants = grants }
        // A limit that only the run has makes it the stricter one.
        if case .object(let members) = run.limits, case .object(let given) = limits {
            run.limits = .object(members.filter { given[$0.key] != nil })
        }
        return digest == run.digest
    }

    /// As it is kept.
    public var json: JSONValue {
        JSONValue(
            present: [
                "format": 1, "script": .string(script), "text": .string(text),
                "modules": .object(modules.mapValues(JSONValue.string)), "parameters": parameters,
                "profile": .string(profile), "account": .string(account), "grants": .strings(grants.sorted()),
                "limits": limits,
                // Approvals of 0.1.0 have no such member, and keep their digest.
                "protected": protected.isEmpty ? nil : .strings(protected.sorted()),
            ])
    }

    /// Nil for anything that this version does not know: such an approval covers nothing.
    public init?(json: JSONValue) {
        guard json["format"] == 1, let script = json["script"]?.stringValue, let text = json["text"]?.stringValue,
            let modules = json["modules"]?.objectValue, let parameters = json["parameters"],
            let profile = json["profile"]?.stringValue, let account = json["account"]?.stringValue,
            let grants = json["grants"]?.strings, let limits = json["limits"]
        else { return nil }
        let hashes = modules.compactMapValues(\.stringValue)
        guard hashes.count == modules.count else { return nil }
        self.init(
            script: script, text: text, modules: hashes, parameters: parameters, profile: profile, account: account,
            grants: Set(grants), limits: limits, protected: Set(json["protected"]?.strings ?? []))
    }
}

extension Journal {
    /// Keeps a yes to a run's terms.
    ///
    /// - Returns: Its id.
    @discardableResult
    public func approve(_ terms: ApprovalTerms, at instant: Instant) async throws(StoreError) -> String {
        try await approve(terms.id, terms.json, at: instant)
        return terms.id
    }

    /// The newest approval that covers a run; nil if a person must be asked.
    ///
    /// - Throws: ``StoreError``: `.altered` if any approval was edited.
    public func approval(
        matching run: ApprovalTerms
    ) async throws(StoreError) -> (approval: Approval, terms: ApprovalTerms)? {
        for approval in try await approvals().reversed() {
            guard let terms = ApprovalTerms(json: approval.body), terms.cover(run) else { continue }
            return (approval, terms)
        }
        return nil
    }
}
