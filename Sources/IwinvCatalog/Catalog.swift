/// The one list of what calls exist.
///
/// ```swift
/// if let edit = Catalog.iwinv["instances.edit"] {
///     print(edit.method.rawValue, edit.path)   // PUT /v1/instances/{instance_id}
/// }
/// ```
public struct Catalog: Sendable {
    /// The operations, grouped by resource, in the order that documentation shows them.
    public let operations: [CloudOperation]
    private let byName: [Key: Int]
    /// The operations whose paths have so many segments.
    private let byLength: [Int: [CloudOperation]]

    private struct Key: Hashable {
        var name: OperationName
        var family: FirewallFamily?
    }

    /// A catalog of these operations.
    ///
    /// - Precondition: no two of one family have the same name.
    public init(_ operations: [CloudOperation]) {
        self.operations = operations
        self.byName = Dictionary(
            uniqueKeysWithValues: operations.enumerated().map {
                (Key(name: $0.element.name, family: $0.element.family), $0.offset)
            })
        self.byLength = Dictionary(grouping: operations) { $0.path.segments.count }
    }

    /// The operations of the iwinv IaaS API v1 that this version knows.
    public static let iwinv = Catalog(
        Catalog.zones + Catalog.flavors + Catalog.images + Catalog.sshKeys + Catalog.instances + Catalog.storage
            + Catalog.bill + Catalog.securityGroups + Catalog.firewall)

    /// The operation of a name, in the newer path family where there are two: what scripts and typed faces call.
    public subscript(name: OperationName) -> CloudOperation? {
        (byName[Key(name: name)] ?? byName[Key(name: name, family: .securityGroups)]).map { operations[$0] }
    }

    /// The operation of a name in one path family.
    public subscript(name: OperationName, family: FirewallFamily) -> CloudOperation? {
        byName[Key(name: name, family: family)].map { operations[$0] }
    }

    /// The operations that have one name each: the older path family is another way to the same objects.
    public var interface: [CloudOperation] {
        operations.filter { $0.family != .firewall }
    }

    /// The resources (tables of the Lua module), in order.
    public var resources: [String] {
        var seen: Set<String> = []
        return operations.map(\.name.resource).filter { seen.insert($0).inserted }
    }

    /// The resources that a grant can name: a firewall's rules belong to the firewall.
    public var grantResources: [String] {
        var seen: Set<String> = []
        return operations.map(\.name.root).filter { seen.insert($0).inserted }
    }

    /// The operation that a request addresses, with the values in its path; nil for an unknown route.
    public func route(_ method: HTTPMethod, _ path: String) -> (operation: CloudOperation, path: [String: String])? {
        guard let parts = PathTemplate.parts(of: path) else { return nil }
        for operation in byLength[parts.count] ?? [] where operation.method == method {
            if let values = operation.path.match(parts) { return (operation, values) }
        }
        return nil
    }

    /// Whether some method answers under this path.
    public func hasPath(_ path: String) -> Bool {
        guard let parts = PathTemplate.parts(of: path) else { return false }
        return byLength[parts.count]?.contains { $0.path.match(parts) != nil } ?? false
    }
}
