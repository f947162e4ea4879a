public import Gate
public import IwinvCatalog
import IwinvWire
public import RunStore
public import ScriptHost

extension ApprovalTerms {
    /// The terms of a run. An approval and the run that it is to cover make them the same way.
    ///
    /// - Parameters:
    ///   - parameters: As bound to the script's header, defaults included.
    ///   - grants: What was given by flag; nothing if that is to come from an approval.
    public init(
        _ script: Script, _ parameters: [String: JSONValue], grants: Grants, _ limits: RunLimits,
        account: CloudSession, profile: String? = nil
    ) {
        self.init(
            script: script.name, text: SHA256.hex(script.source),
            modules: script.modules.mapValues { SHA256.hex($0) }, parameters: .object(parameters),
            profile: profile ?? account.name, account: account.account, grants: Set(grants.descriptions),
            limits: limits.terms, protected: Set(account.protection.patterns))
    }
}

extension StandingApproval {
    /// The newest approval that covers a run; nil if somebody must be asked.
    ///
    /// - Throws: `StoreError`; ``GrantProblem`` for an approval whose grants this version cannot read.
    public static func find(matching terms: ApprovalTerms, in journal: Journal) async throws -> StandingApproval? {
        guard let found = try await journal.approval(matching: terms) else { return nil }
        return StandingApproval(
            id: found.approval.id, grants: Grants(try found.terms.grants.flatMap { try Grant.list($0) }))
    }

    /// The approval of an id, if it still holds.
    public static func find(_ id: String?, in journal: Journal) async throws -> StandingApproval? {
        guard let id, let approval = try await journal.approvals().last(where: { $0.id == id }),
            let terms = ApprovalTerms(json: approval.body)
        else { return nil }
        return StandingApproval(id: id, grants: Grants(try terms.grants.flatMap { try Grant.list($0) }))
    }
}
