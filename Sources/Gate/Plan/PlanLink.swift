import Clocks
import IwinvCatalog
public import IwinvClient

/// Answers the calls of a script that is being planned; no change leaves.
struct PlanLink: GateLink {
    let planner: Planner
    let ledger: ChangeLedger
    let client: IwinvClient

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        let exit = PlanExit(client: client, next: next)
        guard call.operation.effect.isChange else {
            let reply = try await planner.read(call, exit)
            ledger.note(reply.rows, of: call.operation.row)
            return reply
        }
        return try await planner.plan(call, ledger, exit)
    }
}

/// Where the reads of a plan go: to the cloud, in the cloud's own time.
struct PlanExit: Sendable {
    let client: IwinvClient
    let next: Gate.Next

    func ask(_ call: Call) async throws(CloudError) -> Reply {
        precondition(!call.operation.effect.isChange, "a plan sends no changes")
        // The caller's activity is one of the plan's clock; the client's clock needs one of its own.
        client.clock.beginActivity()
        defer { client.clock.endActivity() }
        return try await next(call)
    }
}

/// Notes which grants a run would need, in place of demanding them. Secrets are not handed out for a plan.
struct PlannedGrantLink: GateLink {
    let planner: Planner
    let grants: Grants

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else {
            return try await GrantLink(grants: grants).handle(call, next: next)
        }
        planner.need(Grant(for: call.operation))
        return try await next(call)
    }
}

extension Gate {
    /// A gate through which nothing is changed: what would be is the planner's.
    ///
    /// What a run would refuse is refused here: wrong arguments, secrets, what the profile protects, too many changes, what
    /// is beyond the limits of a grant. Grants are not demanded but noted.
    public convenience init(
        planning planner: Planner, client: IwinvClient, rules: GateRules, hooks: CallHooks = .none
    ) {
        let changes = ChangeLedger()
        var links: [any GateLink] = [
            PlannedGrantLink(planner: planner, grants: rules.grants), ValidationLink(),
            SecretLink(grants: rules.grants), LiveCheckLink(),
            GrantLimitLink(grants: rules.grants, ledger: changes, isPlan: true),
            ProtectionLink(protected: rules.protected, ledger: changes),
        ]
        if let limit = rules.maximumChanges { links.append(ChangeLimitLink(limit: limit)) }
        links.append(PlanLink(planner: planner, ledger: changes, client: client))
        let exit = ClientExit(client: client, hooks: hooks, journal: nil, departures: Departures(), onStop: {})
        self.init(changes, links) { call throws(CloudError) in try await exit.send(call) }
    }
}
