public import Clocks
public import IwinvCatalog

/// The world as a plan would leave it: what live reads tell, under what the plan has changed so far.
///
/// ```swift
/// var overlay = Overlay(at: now)
/// while case let needs = overlay.missing(for: edit, arguments), !needs.isEmpty {
///     for need in needs { try await read(need, into: &overlay) }  // `learn`, or `learnAbsence` if there is no such thing
/// }
/// let answer = overlay.apply(edit, arguments, at: now)          // nothing is sent
/// let rows = overlay.show(liveRows, of: list, filters, at: now)  // as if it had been
/// ```
///
/// It never sends anything and has no clock. Inside is a ``Cloud`` that holds what the plan is about and nothing else,
/// and changes by the code that the simulator runs. What the plan has not changed is shown as the cloud shows it; what it
/// has changed comes from the model, field by field; what only the cloud can know is left out and told
/// (``PlannedAnswer/cannotTell``). Secrets are not kept.
///
/// How the cloud behaves where CONTRACT leaves it open (how long a start takes, which sizes can follow each other) is as
/// the model assumes it; see ``Timing``.
public struct Overlay: Sendable {
    /// A read that has to be made before a change can be planned.
    public struct Need: Sendable, Hashable {
        public var operation: OperationName
        public var arguments: [String: JSONValue]
    }

    /// The planned world, of which only that exists which a change is about.
    var cloud: Cloud
    /// The same things as the cloud has them.
    var base: Cloud
    var tables: [Kind: Table] = [:]

    /// Created things whose name only the cloud will choose.
    var unnamed: Set<String> = []
    /// Servers about whose firewall the plan has decided, if only by deleting them.
    var placed: Set<String> = []
    /// Firewalls whose rules, and whose servers, are in both clouds.
    var withRules: Set<String> = []
    var withMembers: Set<String> = []
    /// How many things of each resource the plan has created.
    var created: [String: Int] = [:]
    /// Changes that were planned.
    var changes = 0

    /// A world without any planned change.
    public init(at instant: Instant) {
        var cloud = Cloud(seed: 0, at: instant)
        // What the provider offers is what it tells, not what the simulator offers.
        (cloud.zones, cloud.flavors, cloud.images, cloud.volumeTypes) = ([], [], [], [])
        cloud.lastRuleID = Placeholder.lastRealRule
        // Whether a text is needed is the catalog's to say; a plan does not refuse more than that.
        cloud.switches.groupNeedsContent = false
        self.cloud = cloud
        self.base = cloud
    }
}

extension Cloud {
    func volume(_ id: String) -> Volume? { volumes.first { $0.id == id } }
    func firewall(_ id: String) -> Firewall? { firewalls.first { $0.id == id } }
}
