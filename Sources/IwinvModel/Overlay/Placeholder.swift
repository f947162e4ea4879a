public import IwinvCatalog

/// Identifiers of what a plan creates, until the cloud gives it others.
///
/// `plan.instances-1` passes the checks of arguments (``Identifier``), so that later calls can name it, and is never an
/// identifier of the cloud: those begin with a word in capitals (CONTRACT 1.13). A rule has a number, so that of a planned
/// one is beyond any that the cloud has come to; it is exact in every JSON reader.
///
/// They count up by kind, so one sequence of changes gives one sequence of placeholders.
public enum Placeholder {
    private static let prefix = "plan."
    /// The number before that of the first planned rule.
    static let lastRealRule: Int64 = 9_000_000_000_000_000

    /// Whether an identifier, or a rule's number, stands for something that a plan creates.
    public static func isOne(_ id: JSONValue) -> Bool {
        if let number = id.integerValue { return number > lastRealRule }
        return id.stringValue?.hasPrefix(prefix) ?? false
    }

    /// Whether an identifier stands for something that a plan creates.
    static func isOne(_ id: String) -> Bool { id.hasPrefix(prefix) }

    /// The `number`-th thing of a resource, from 1.
    static func text(_ resource: String, _ number: Int) -> String { "\(prefix)\(resource)-\(number)" }
}
