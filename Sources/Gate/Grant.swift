public import IwinvCatalog

/// Leave to make calls of one kind: `instances:edit`.
public struct Grant: Sendable, Hashable, CustomStringConvertible {
    /// The resource, or `*` for all.
    public var resource: String
    public var effect: Effect

    public init(resource: String, effect: Effect) {
        self.resource = resource
        self.effect = effect
    }

    /// What a call of this operation needs.
    public init(for operation: CloudOperation) {
        self.init(resource: operation.name.root, effect: operation.effect)
    }

    /// Reads `instances:edit`, `*:read`, or `secret` (short for `*:secret`).
    ///
    /// - Throws: ``GrantProblem`` for a resource or an effect that does not exist.
    public init(_ text: String, catalog: Catalog = .iwinv) throws(GrantProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (resource, effect) = parts.count == 1 ? ("*", parts[0]) : (parts[0], parts[1])
        guard parts.count <= 2, let known = Effect(rawValue: effect) else {
            throw GrantProblem(
                grant: text,
                reason: "`\(effect)` is not an effect; there are "
                    + Effect.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        }
        guard resource == "*" || catalog.grantResources.contains(resource) else {
            let nearest = Suggestion.nearest(to: resource, among: catalog.grantResources)
            throw GrantProblem(
                grant: text,
                reason: "there is no resource `\(resource)`" + (nearest.map { "; did you mean `\($0)`?" } ?? ""))
        }
        if parts.count == 1, known != .secret {
            throw GrantProblem(grant: text, reason: "name the resource too, such as `instances:\(effect)`")
        }
        self.init(resource: resource, effect: known)
    }

    public var description: String {
        self == Grant(resource: "*", effect: .secret) ? "secret" : "\(resource):\(effect.rawValue)"
    }

    /// Whether this grant covers an operation.
    public func covers(_ operation: CloudOperation) -> Bool {
        covers(Grant(for: operation))
    }

    /// Whether every call that `other` allows is allowed by this one.
    public func covers(_ other: Grant) -> Bool {
        (resource == "*" || resource == other.resource) && effect == other.effect
    }
}

/// Why a text is not a grant.
public struct GrantProblem: Error, Sendable, CustomStringConvertible {
    public var grant: String
    public var reason: String

    public var description: String { "`\(grant)` is not a grant: \(reason)" }
}

/// The grants of a run. Reading is always among them, secrets never unless given.
public struct Grants: Sendable, Hashable {
    public private(set) var all: Set<Grant>

    public init(_ grants: some Sequence<Grant> = []) {
        all = Set(grants).union([Grant(resource: "*", effect: .read)])
    }

    public func allow(_ operation: CloudOperation) -> Bool {
        all.contains { $0.covers(operation) }
    }

    /// Those of `needs` that nothing here covers, in order.
    public func missing(from needs: [Grant]) -> [Grant] {
        needs.filter { need in !all.contains { $0.covers(need) } }
    }
}
