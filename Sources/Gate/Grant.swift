public import IwinvCatalog

/// Leave to make calls of one kind: `instances:edit`, or with limits `instances:edit max=50 name=web-*`.
public struct Grant: Sendable, Hashable, CustomStringConvertible {
    /// The resource, or `*` for all.
    public var resource: String
    public var effect: Effect
    /// How many changes a run may make by it; nil for any number. A creation of three servers is three.
    public var maximum: Int?
    /// The names, or identifiers, that a resource must have had when the run first saw it; any if empty. For a creation,
    /// the name it asks for.
    public var names: [NamePattern]

    public init(resource: String, effect: Effect, maximum: Int? = nil, names: [NamePattern] = []) {
        self.resource = resource
        self.effect = effect
        self.maximum = maximum
        self.names = names
    }

    /// What a call of this operation needs.
    public init(for operation: CloudOperation) {
        self.init(resource: operation.name.root, effect: operation.effect)
    }

    /// Reads `instances:edit`, `*:read`, or `secret` (short for `*:secret`); after a space `max=N`, and `name=A|B`.
    ///
    /// - Throws: ``GrantProblem`` for a resource, an effect or a limit that does not exist.
    public init(_ text: String, catalog: Catalog = .iwinv) throws(GrantProblem) {
        let words = text.split(separator: " ").map(String.init)
        let parts = (words.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (resource, effect) = parts.count <= 1 ? ("*", parts.first ?? "") : (parts[0], parts[1])
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
        for word in words.dropFirst() { try limit(by: word, in: text) }
    }

    private mutating func limit(by word: String, in text: String) throws(GrantProblem) {
        guard effect.isChange else {
            throw GrantProblem(grant: text, reason: "limits are for changes, and `\(effect.rawValue)` is none")
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch parts.first {
        case "max" where parts.count == 2:
            guard let number = Int(parts[1]), number >= 0 else {
                throw GrantProblem(grant: text, reason: "`\(word)`: give a number from 0")
            }
            maximum = number
        case "name" where parts.count == 2 && !parts[1].isEmpty:
            names += parts[1].split(separator: "|").map { NamePattern(String($0)) }
        default:
            throw GrantProblem(
                grant: text, reason: "`\(word)` is no limit; write `max=50`, or `name=web-*|db-*`")
        }
    }

    /// Reads a list of grants: words with a `=` are limits of the grant before them; commas part as spaces do.
    ///
    /// - Throws: ``GrantProblem``.
    public static func list(_ text: some StringProtocol, catalog: Catalog = .iwinv) throws(GrantProblem) -> [Grant] {
        var texts: [String] = []
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) {
            if word.contains("="), !texts.isEmpty {
                texts[texts.count - 1] += " " + word
            } else {
                texts.append(String(word))
            }
        }
        var grants: [Grant] = []
        for text in texts { grants.append(try Grant(text, catalog: catalog)) }
        return grants
    }

    public var description: String {
        if self == Grant(resource: "*", effect: .secret) { return "secret" }
        var words = ["\(resource):\(effect.rawValue)"]
        if let maximum { words.append("max=\(maximum)") }
        if !names.isEmpty { words.append("name=" + names.map(\.description).joined(separator: "|")) }
        return words.joined(separator: " ")
    }

    /// Whether this grant is about calls of an operation, whatever its limits say of one of them.
    public func concerns(_ operation: CloudOperation) -> Bool {
        (resource == "*" || resource == operation.name.root) && effect == operation.effect
    }

    /// Whether every call that `other` allows is allowed by this one.
    public func covers(_ other: Grant) -> Bool {
        guard resource == "*" || resource == other.resource, effect == other.effect else { return false }
        if let maximum, (other.maximum ?? .max) > maximum { return false }
        return names.isEmpty
            || !other.names.isEmpty && other.names.allSatisfy { name in names.contains { $0.covers(name) } }
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

    /// Whether calls of an operation are allowed at all; limits are seen to call by call.
    public func allow(_ operation: CloudOperation) -> Bool {
        all.contains { $0.concerns(operation) }
    }

    /// Those of `needs` of whose kind nothing is granted, in order.
    ///
    /// What a script asks for is not what it gets: a grant with closer limits is an answer too, and its limits are seen to
    /// call by call.
    public func missing(from needs: [Grant]) -> [Grant] {
        needs.filter { need in
            !all.contains { ($0.resource == "*" || $0.resource == need.resource) && $0.effect == need.effect }
        }
    }

    /// What concerns an operation: those without limits first, so that no limit is used up in vain.
    func concerning(_ operation: CloudOperation) -> [Grant] {
        all.filter { $0.concerns(operation) }.sorted { first, second in
            let (a, b) = (first.maximum ?? .max, second.maximum ?? .max)
            if first.names.isEmpty != second.names.isEmpty { return first.names.isEmpty }
            return a != b ? a > b : first.description < second.description
        }
    }

    /// As texts, sorted, without the reading that everybody has.
    public var descriptions: [String] {
        all.subtracting([Grant(resource: "*", effect: .read)]).map(\.description).sorted()
    }
}
