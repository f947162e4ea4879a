import Gate
import IwinvCatalog

/// What no run of an account may destroy, switch off or rename: patterns of names and identifiers.
///
/// It belongs to the account's access key, however the key came in. An account without protected resources says so with
/// ``none``; there is no default.
public struct Protection: Sendable, Hashable {
    /// As they were written; sorted, each once.
    public let patterns: [String]

    public init(_ patterns: some Sequence<String>) {
        self.patterns = Set(patterns).sorted()
    }

    /// Nothing is protected.
    public static let none = Protection([String]())

    /// What either of them protects.
    public func union(_ other: Protection) -> Protection { Protection(patterns + other.patterns) }

    var names: [NamePattern] { patterns.map { NamePattern($0) } }
}
