import Gate
import IwinvCatalog

/// A change in one line, as a question shows it.
enum ChangeText {
    /// The longest difference that a question shows.
    private static let longest = 160

    /// `instances.edit  web-06 → www-06`, `instances.shutdown  web-02  active → off`
    static func line(_ change: Change) -> TerminalText {
        let difference = ChangeDescription(change).difference
        let shown = difference.count > longest ? difference.prefix(longest) + "…" : difference
        // A new name says which server it is by the old one.
        let isNamed = change.name.map { !$0.isEmpty && !difference.hasPrefix("\($0) → ") && !isMade(change) } ?? false
        let subject = isNamed ? change.name : change.name == nil ? change.id : nil
        return "\([change.operation.description, subject ?? "", shown].filter { !$0.isEmpty }.joined(separator: "  "))"
    }

    /// What is made is called what its fields say.
    private static func isMade(_ change: Change) -> Bool { change.before.isNull && change.id == nil }
}
