public import Clocks
public import Gate
public import IwinvClient
import IwinvWire
import RunStore
import ScriptHost

/// A cloud as one account sees it, with what this machine keeps for the account: the budget, the locks, what is protected,
/// and what scripts have put aside.
public struct CloudSession: Sendable {
    /// What messages call it: the profile's name, or "simulator".
    public let name: String
    public let client: IwinvClient
    public let budget: any RequestBudget
    /// The file through which the budget is shared; nil if nobody else can use the key.
    public let budgetPlace: String?
    public let clock: any HostClock
    public let endpoint: String
    /// Which account it is, without telling its key: endpoint and fingerprint.
    public let account: String
    /// Which account a plan is for. Simulated clouds in a process of their own are alike, whatever their port.
    public let planAccount: String
    /// What no run may destroy, switch off or rename.
    public let protection: Protection
    public let locks: ResourceLocks
    /// Whether the cloud ends with this process.
    public let isSimulated: Bool
    let state: any ScriptState
    private let onClose: @Sendable () async -> Void

    /// - Parameters:
    ///   - folder: Where locks and script state are kept, shared with other processes; nil for a cloud of this process.
    ///   - protection: What the account's owner protects; say ``Protection/none`` if that is nothing.
    ///   - onClose: Called once the client has ended.
    public init(
        name: String, client: IwinvClient, protection: Protection, budgetPlace: String? = nil, folder: String? = nil,
        isSimulated: Bool = false,
        onClose: @escaping @Sendable () async -> Void = {}
    ) {
        let endpoint = "\(client.configuration.endpoint)"
        let account = "\(endpoint) \(client.configuration.credential.fingerprint)"
        (self.name, self.client, self.budget, self.budgetPlace) = (name, client, client.budget, budgetPlace)
        (self.endpoint, self.account, self.protection) = (endpoint, account, protection)
        planAccount = isSimulated ? name : account
        clock = client.clock
        locks = ResourceLocks(clock: client.clock, folder: folder, account: account)
        state = folder.map { ScriptStateStore(folder: $0, account: account) } ?? ScratchState()
        self.isSimulated = isSimulated
        self.onClose = onClose
    }

    /// Ends the connections, and the simulated cloud if there is one. Nobody waits for that: the process ends most often,
    /// and a fifth of a short run would be good-byes.
    public func close() {
        Task.detached { [client, onClose] in
            try? await client.shutdown()
            await onClose()
        }
    }
}
