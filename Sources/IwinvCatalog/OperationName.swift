/// The name of an operation as scripts, grants and journals write it: `instances.edit`.
public struct OperationName: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The table it stands in: `instances`.
    public var resource: String
    /// The function: `edit`.
    public var verb: String

    public init(resource: String, verb: String) {
        self.resource = resource
        self.verb = verb
    }

    /// Splits `instances.edit` at its last dot.
    public init(stringLiteral value: String) {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        self.verb = String(parts.last ?? "")
        self.resource = parts.dropLast().joined(separator: ".")
    }

    public var description: String { "\(resource).\(verb)" }

    /// The first word: `firewall` of `firewall.rules.add`.
    public var root: String { String(resource.prefix { $0 != "." }) }

    public static func < (a: OperationName, b: OperationName) -> Bool {
        (a.resource, a.verb) < (b.resource, b.verb)
    }
}
