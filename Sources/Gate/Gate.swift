public import IwinvCatalog
public import IwinvClient
public import RunStore
import Synchronization

/// The chain that every call of a run passes on its way to the cloud, and the record of what the run changed.
///
/// ```
/// call ► grants ► validation ► secrets ► live checks ► limits of grants ► protection ► change limit ► pace ► confirmation
///      ► locks ► changes ► settle ► client (budget ► journal ► sign ► transport ► decode, by retry class)
/// ```
public final class Gate: Sendable {
    package typealias Next = @Sendable (Call) async throws(CloudError) -> Reply

    /// What the run has changed so far.
    public let changes: ChangeLedger
    private let enter: Next
    private let links: [any GateLink]
    private let counter = Mutex<UInt64>(0)

    /// A gate for one run.
    ///
    /// - Parameters:
    ///   - client: where calls go in the end.
    ///   - rules: what the run may do.
    ///   - locks: shared with all runs that could change the same resources.
    ///   - hooks: look on while requests are sent.
    ///   - log: where changes are written down; nil for a run that leaves no trace.
    ///   - onStop: told when somebody has asked the run to stop, before the request that does not leave.
    ///   - onWait: told when another run has kept a change waiting for a second.
    public init(
        client: IwinvClient, rules: GateRules, locks: ResourceLocks? = nil, hooks: CallHooks = .none,
        log: RunLog? = nil, onStop: @escaping @Sendable () -> Void = {},
        onDrift: @escaping @Sendable (CloudError) -> Void = { _ in },
        onWait: @escaping @Sendable (LockWait) -> Void = { _ in }
    ) {
        let clock = client.clock
        let timeout = client.configuration.requestTimeout
        let journal = log.map { ChangeJournal(log: $0, clock: clock, requestTimeout: timeout) }
        let changes = ChangeLedger()
        let departures = Departures()
        self.changes = changes
        var links: [any GateLink] = [
            GrantLink(grants: rules.grants), ValidationLink(), SecretLink(grants: rules.grants), LiveCheckLink(),
            GrantLimitLink(grants: rules.grants, ledger: changes),
            ProtectionLink(protected: rules.protected, ledger: changes),
        ]
        if let limit = rules.maximumChanges { links.append(ChangeLimitLink(limit: limit)) }
        if rules.radius != .unlimited {
            links.append(
                PaceLink(
                    rules.radius, confirm: rules.confirmCanary, clock: clock, consent: rules.consent, journal: journal))
        }
        if let confirm = rules.confirm {
            if let approved = rules.approved {
                links.append(ApprovalLink(approved, ledger: changes, clock: clock, ask: confirm))
            } else if rules.confirmsEach {
                links.append(ConsentLink(ledger: changes, clock: clock, ask: confirm))
            } else {
                links.append(ConfirmationLink(journal: journal, ledger: changes, clock: clock, confirm))
            }
        } else if rules.consent.source == .nobody {
            links.append(ConfirmationLink(journal: nil, ledger: changes, clock: clock) { _ in .unattended })
        }
        let exit = ClientExit(
            client: client, hooks: hooks, journal: journal, departures: departures, onStop: onStop)
        links += [
            LockLink(
                locks: locks ?? ResourceLocks(clock: clock), ledger: changes, run: hooks.claimant.run, onWait: onWait),
            RecallLink(
                ledger: changes, journal: journal, clock: clock, leavesDrifted: rules.leavesDrifted, onDrift: onDrift
            ) { call throws(CloudError) in try await exit.send(call) },
            ChangesLink(ledger: changes, journal: journal),
            SettleLink(
                ledger: changes, clock: clock, departures: departures, journal: journal, requestTimeout: timeout),
        ]
        self.links = links
        enter = Self.chain(links) { call throws(CloudError) in try await exit.send(call) }
    }

    /// A gate of these links.
    init(_ changes: ChangeLedger, _ links: [any GateLink], exit: @escaping Next) {
        self.changes = changes
        self.links = links
        enter = Self.chain(links, exit)
    }

    private static func chain(_ links: [any GateLink], _ exit: @escaping Next) -> Next {
        var next = exit
        for link in links.reversed() {
            let inner = next
            next = { call throws(CloudError) in try await link.handle(call, next: inner) }
        }
        return next
    }

    /// Makes a call.
    ///
    /// - Parameters:
    ///   - order: where its changes stand in the record, and its number in the journal, for callers that make several
    ///     calls at once; the order of coming if nil.
    ///   - resumption: what an earlier process of the run had done of it.
    /// - Throws: ``CloudError``; with kind `denied`, `invalid` or `limit` nothing was sent.
    public func perform(
        _ operation: CloudOperation, _ arguments: [String: JSONValue], reading: Call.Reading = .single,
        place: String? = nil, order: UInt64? = nil, resumption: Resumption? = nil
    ) async throws(CloudError) -> Reply {
        let coming = counter.withLock { count in
            count += 1
            return count
        }
        var call = Call(
            order: order ?? coming, operation: operation, arguments: arguments, reading: reading, place: place)
        call.resumption = resumption
        return try await enter(call)
    }

    /// Takes up what an earlier process of the run has made; its calls' order are the numbers of the journal.
    public func restore(_ history: RunHistory) {
        for order in history.intended {
            guard let change = history.changes[order], let intent = change.intent else { continue }
            let record = change.restored
            for link in links { link.restore(order, record, change) }
            changes.restore(
                order, of: intent.target.map { RowKey(key: $0.key, id: $0.id) }, record,
                statusBefore: change.row?["status"]?.stringValue)
        }
        for link in links { link.restore(history) }
    }
}
