public import IwinvCatalog
public import IwinvClient
import Synchronization

/// The chain that every call of a run passes on its way to the cloud, and the record of what the run changed.
///
/// ```
/// call ► grants ► validation ► secrets ► live checks ► limits of grants ► protection ► change limit ► pace ► confirmation
///      ► locks ► changes ► settle ► client (budget ► sign ► transport ► decode, by retry class)
/// ```
public final class Gate: Sendable {
    package typealias Next = @Sendable (Call) async throws(CloudError) -> Reply

    /// What the run has changed so far.
    public let changes: ChangeLedger
    private let enter: Next
    private let counter = Mutex<UInt64>(0)

    /// A gate for one run.
    ///
    /// - Parameters:
    ///   - client: where calls go in the end.
    ///   - rules: what the run may do.
    ///   - locks: shared with all runs that could change the same resources.
    ///   - hooks: look on while requests are sent.
    public init(
        client: IwinvClient, rules: GateRules = GateRules(), locks: ResourceLocks? = nil, hooks: CallHooks = .none
    ) {
        let changes = ChangeLedger()
        self.changes = changes
        let clock = client.clock
        var links: [any GateLink] = [
            GrantLink(grants: rules.grants), ValidationLink(), SecretLink(grants: rules.grants), LiveCheckLink(),
            GrantLimitLink(grants: rules.grants, ledger: changes),
            ProtectionLink(protected: rules.protected, ledger: changes),
        ]
        if let limit = rules.maximumChanges { links.append(ChangeLimitLink(limit: limit)) }
        if rules.radius != .unlimited {
            links.append(PaceLink(rules.radius, confirm: rules.confirmCanary, clock: clock))
        }
        if let confirm = rules.confirm { links.append(ConfirmationLink(confirm)) }
        links += [
            LockLink(locks: locks ?? ResourceLocks(clock: clock)), ChangesLink(ledger: changes),
            SettleLink(ledger: changes, clock: clock),
        ]
        let exit = ClientExit(client: client, hooks: hooks)
        var next: Next = { call throws(CloudError) in try await exit.send(call) }
        for link in links.reversed() {
            let inner = next
            next = { call throws(CloudError) in try await link.handle(call, next: inner) }
        }
        self.enter = next
    }

    /// Makes a call.
    ///
    /// - Parameter order: where its changes stand in the record, for callers that make several calls at once; the order
    ///   of coming if nil.
    /// - Throws: ``CloudError``; with kind `denied`, `invalid` or `limit` nothing was sent.
    public func perform(
        _ operation: CloudOperation, _ arguments: [String: JSONValue], reading: Call.Reading = .single,
        place: String? = nil, order: UInt64? = nil
    ) async throws(CloudError) -> Reply {
        let coming = counter.withLock { count in
            count += 1
            return count
        }
        return try await enter(
            Call(
                order: order ?? coming, operation: operation, arguments: arguments,
                reading: reading, place: place))
    }
}
