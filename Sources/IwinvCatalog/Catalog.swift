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
    private let byName: [OperationName: Int]

    /// A catalog of these operations.
    ///
    /// - Precondition: no two have the same name.
    public init(_ operations: [CloudOperation]) {
        self.operations = operations
        self.byName = Dictionary(
            uniqueKeysWithValues: operations.enumerated().map { ($0.element.name, $0.offset) })
    }

    /// The operations of the iwinv IaaS API v1 that this version knows.
    public static let iwinv = Catalog(
        Catalog.zones + Catalog.flavors + Catalog.images + Catalog.sshKeys + Catalog.instances)

    public subscript(name: OperationName) -> CloudOperation? {
        byName[name].map { operations[$0] }
    }

    /// The resources (tables of the Lua module), in order.
    public var resources: [String] {
        var seen: Set<String> = []
        return operations.map(\.name.resource).filter { seen.insert($0).inserted }
    }

    /// The operation that a request addresses, with the values in its path; nil for an unknown route.
    public func route(_ method: HTTPMethod, _ path: String) -> (operation: CloudOperation, path: [String: String])? {
        for operation in operations where operation.method == method {
            if let values = operation.path.match(path) { return (operation, values) }
        }
        return nil
    }

    /// Whether some method answers under this path.
    public func hasPath(_ path: String) -> Bool {
        operations.contains { $0.path.match(path) != nil }
    }
}
