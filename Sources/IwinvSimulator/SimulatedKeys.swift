/// The key pairs that a simulator knows: access keys with their secret keys.
///
/// ```swift
/// let keys: SimulatedKeys = ["my-access-key": "my-secret-key"]
/// ```
///
/// They are made up, and still nothing prints the secrets: a habit that knows exceptions is none.
public struct SimulatedKeys: Sendable, ExpressibleByDictionaryLiteral {
    private var secrets: [String: String]

    /// The access key of ``demo``.
    public static let demoAccessKey = "simulated-access-key"
    /// The secret key of ``demo``; known to everybody, good for nothing but a simulator.
    public static let demoSecretKey = "simulated-secret-key"
    /// The pair that `--simulate` uses.
    public static let demo: SimulatedKeys = [demoAccessKey: demoSecretKey]

    /// Pairs of access key and secret key.
    public init(_ pairs: [String: String]) {
        secrets = pairs
    }

    /// Of an access key that occurs twice the last secret holds.
    public init(dictionaryLiteral elements: (String, String)...) {
        secrets = Dictionary(elements) { _, last in last }
    }

    /// The access keys, sorted.
    public var accessKeys: [String] { secrets.keys.sorted() }

    func secret(of accessKey: String) -> String? { secrets[accessKey] }
}

extension SimulatedKeys: CustomStringConvertible, CustomReflectable {
    /// How many pairs there are, and nothing about them.
    public var description: String { "SimulatedKeys(\(secrets.count))" }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
