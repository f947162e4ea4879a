public import IwinvCatalog
public import IwinvClient
import Synchronization

/// The chain that every call of a run passes on its way to the cloud, and the record of what the run changed.
///
/// ```
/// call ► grants ► validation ► secrets ► live checks ► change limit ► confirmation ► changes ► settle ► client (budget ► sign ► transport ► decode, by retry class)
/// ```
///
/// The overlay and the locks of DESIGN section 2 go between validation and changes, the journal into the client's
/// hook before each sending; each is one more link.
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
    ///   - grants: what the run may do.
    ///   - maximumChanges: a change beyond this number is refused; nil for no limit.
    ///   - confirm: asked once, before the first change is sent; nil if nobody needs to be asked.
    ///   - hooks: look on while requests are sent.
    public init(
        client: IwinvClient, grants: Grants, maximumChanges: Int? = nil,
        confirm: ChangeConfirmation? = nil, hooks: CallHooks = .none
    ) {
        let changes = ChangeLedger()
        self.changes = changes
        var links: [any GateLink] = [
            GrantLink(grants: grants), ValidationLink(), SecretLink(grants: grants), LiveCheckLink(),
        ]
        if let maximumChanges { links.append(ChangeLimitLink(limit: maximumChanges)) }
        if let confirm { links.append(ConfirmationLink(confirm)) }
        links += [
            ChangesLink(ledger: changes), SettleLink(ledger: changes, clock: client.clock),
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
