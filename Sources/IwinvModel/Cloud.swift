public import Clocks

/// A cloud as a value: what an account has, and what the provider offers it.
///
/// ```swift
/// var cloud = Cloud.demo(seed: 1, at: now)
/// let arguments = try Arguments(["instance_id": .string(id)], for: reboot)
/// let answer = cloud.apply("instances.reboot", arguments, page: nil, at: now)
/// ```
///
/// It has no clock: whoever asks says what time it is, and statuses follow from that (``StatusTimeline``). It has no
/// randomness but its own: one seed and one sequence of calls give one sequence of answers. Copies are independent.
public struct Cloud: Sendable, Hashable, Codable {
    /// What the identifiers and passwords of this cloud were drawn from.
    public let seed: UInt64
    var generator: Generator
    /// How many addresses have been given out; they are never given twice.
    var addressesUsed = 0
    /// The number of the latest firewall rule; numbers are never given twice.
    var lastRuleID = firstRuleID - 1

    /// What the provider offers.
    public internal(set) var zones: [Zone]
    public internal(set) var flavors: [Flavor]
    public internal(set) var images: [Image]
    public internal(set) var volumeTypes: [VolumeType]
    /// What the account has, in the order of creation. Servers and volumes stay after their deletion, with a status of
    /// nil.
    public internal(set) var servers: [Server] = []
    public internal(set) var sshKeys: [SSHKey] = []
    public internal(set) var userScripts: [UserScript] = []
    public internal(set) var volumes: [Volume] = []
    public internal(set) var firewalls: [Firewall] = []
    public internal(set) var bills: [Bill] = []

    /// How long things take.
    public var timing = Timing()
    /// Where the documentation and the live service differ, and what the account may do.
    public var switches = Switches()

    /// An account that has nothing yet.
    ///
    /// - Parameters:
    ///   - seed: what identifiers and passwords are drawn from.
    ///   - instant: the time of its opening.
    public init(seed: UInt64, at instant: Instant) {
        self.init(seed: seed)
    }

    private init(seed: UInt64) {
        self.seed = seed
        generator = Generator(seed: seed)
        zones = Offer.zones
        flavors = Offer.flavors
        images = Offer.images
        volumeTypes = Offer.volumeTypes(in: zones)
    }

    /// The servers that exist at an instant.
    public func servers(at instant: Instant) -> [Server] {
        servers.filter { $0.status(at: instant) != nil }
    }

    /// The volumes that exist at an instant.
    public func volumes(at instant: Instant) -> [Volume] {
        volumes.filter { $0.status(at: instant) != nil }
    }

    /// Puts a server into a state, as a fault of the provider or somebody in the web console would.
    ///
    /// Does nothing if there is no such server.
    public mutating func setTimeline(_ timeline: StatusTimeline<ServerStatus>, of id: String) {
        guard let index = servers.firstIndex(where: { $0.id == id }) else { return }
        servers[index].timeline = timeline
    }

    /// Puts a volume into a state, as ``setTimeline(_:of:)`` does with a server.
    public mutating func setVolumeTimeline(_ timeline: StatusTimeline<VolumeStatus>, of id: String) {
        guard let index = volumes.firstIndex(where: { $0.id == id }) else { return }
        volumes[index].timeline = timeline
    }

    /// The server of an identifier, gone or not.
    public func server(_ id: String) -> Server? { servers.first { $0.id == id } }

    /// What new identifiers, addresses and numbers of rules are drawn from.
    package struct Draws: Sendable {
        var generator: Generator
        var addressesUsed: Int
        var lastRuleID: Int64
    }

    /// For a change that is answered now and made later: it then draws what its answer named.
    package var draws: Draws {
        get { Draws(generator: generator, addressesUsed: addressesUsed, lastRuleID: lastRuleID) }
        set {
            (generator, addressesUsed, lastRuleID) = (newValue.generator, newValue.addressesUsed, newValue.lastRuleID)
        }
    }

    func zone(_ id: String) -> Zone? { zones.first { $0.id == id } }
    func flavor(_ id: String) -> Flavor? { flavors.first { $0.id == id } }
    func image(_ id: String) -> Image? { images.first { $0.id == id } }
    func volumes(of server: Server) -> [Volume] { volumes.filter { $0.instanceID == server.id } }
}

extension Cloud {
    /// The number of the first rule, that of the examples (CONTRACT 4.14).
    static let firstRuleID: Int64 = 1042

    /// Reads a cloud, also one that a version wrote which knew less.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(seed: try values.decode(UInt64.self, forKey: .seed))
        generator = try values.decode(Generator.self, forKey: .generator)
        addressesUsed = try values.decode(Int.self, forKey: .addressesUsed)
        zones = try values.decode([Zone].self, forKey: .zones)
        flavors = try values.decode([Flavor].self, forKey: .flavors)
        images = try values.decode([Image].self, forKey: .images)
        volumeTypes = try values.value(.volumeTypes, or: Offer.volumeTypes(in: zones))
        servers = try values.decode([Server].self, forKey: .servers)
        sshKeys = try values.decode([SSHKey].self, forKey: .sshKeys)
        userScripts = try values.decode([UserScript].self, forKey: .userScripts)
        volumes = try values.decode([Volume].self, forKey: .volumes)
        firewalls = try values.decode([Firewall].self, forKey: .firewalls)
        bills = try values.decode([Bill].self, forKey: .bills)
        let greatest = firewalls.flatMap(\.rules).map(\.id).max() ?? 0
        lastRuleID = max(greatest, try values.value(.lastRuleID, or: lastRuleID))
        timing = try values.value(.timing, or: timing)
        switches = try values.value(.switches, or: switches)
    }
}
