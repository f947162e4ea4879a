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

    /// What the provider offers.
    public internal(set) var zones: [Zone]
    public internal(set) var flavors: [Flavor]
    public internal(set) var images: [Image]
    /// What the account has, in the order of creation. Servers stay after their deletion, with ``Server/status(at:)`` nil.
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
        self.seed = seed
        generator = Generator(seed: seed)
        zones = Offer.zones
        flavors = Offer.flavors
        images = Offer.images
    }

    /// The servers that exist at an instant.
    public func servers(at instant: Instant) -> [Server] {
        servers.filter { $0.status(at: instant) != nil }
    }

    /// Puts a server into a state, as a fault of the provider or somebody in the web console would.
    ///
    /// Does nothing if there is no such server.
    public mutating func setTimeline(_ timeline: StatusTimeline, of id: String) {
        guard let index = servers.firstIndex(where: { $0.id == id }) else { return }
        servers[index].timeline = timeline
    }

    /// The server of an identifier, gone or not.
    public func server(_ id: String) -> Server? { servers.first { $0.id == id } }

    func zone(_ id: String) -> Zone? { zones.first { $0.id == id } }
    func flavor(_ id: String) -> Flavor? { flavors.first { $0.id == id } }
    func image(_ id: String) -> Image? { images.first { $0.id == id } }
    func volumes(of server: Server) -> [Volume] { volumes.filter { $0.instanceID == server.id } }
}

/// What an account may do and how the cloud behaves where accounts were seen to differ.
public struct Switches: Sendable, Hashable, Codable {
    /// Zones in which a creation is refused with HTTP 500 `DEV_CHECK_RETURN` (CONTRACT 2.2, U44).
    public var restrictedZones: Set<String> = []
    /// An account without user scripts gets HTTP 404 in place of an empty list (CONTRACT U23).
    public var missingUserScriptsAreNotFound = true

    /// An account without restrictions.
    public init() {}
}
