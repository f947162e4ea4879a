import Yams

/// The text of a YAML file that a person keeps, and edits that leave everything else in it as it is: comments, order, blank
/// lines, anchors, and keys that this version does not know.
///
/// ```swift
/// let edited = try SettingsText(text).applying([.set(["profiles", "prod", "endpoint"], .text("https://api.example"))])
/// ```
///
/// Only whole lines of block mappings are added and taken away, and only the value or the name of one key is replaced. The
/// result is read again: an edit that would change anything else is a ``Problem``, and nothing is changed.
package struct SettingsText: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// What is to be different. A path names keys from the top: `["profiles", "prod", "endpoint"]`.
    package enum Edit: Sendable, Hashable {
        /// The key has this value; what is missing on the way to it is made, at the end of its mapping.
        case set([String], Value)
        /// There is no such key. Nothing happens if there is none.
        case remove([String])
        /// The key has another name, in its old place.
        case rename([String], to: String)

        var path: [String] {
            switch self {
            case .set(let path, _), .remove(let path), .rename(let path, _): path
            }
        }
    }

    package indirect enum Value: Sendable, Hashable {
        case text(String)
        case mapping([Entry])

        package struct Entry: Sendable, Hashable {
            package var key: String
            package var value: Value

            package init(_ key: String, _ value: Value) { (self.key, self.value) = (key, value) }
        }
    }

    /// Why a text cannot be edited.
    package struct Problem: Error, Sendable, Hashable {
        package enum Reason: Sendable, Hashable {
            /// It is no YAML, or not a mapping at its top.
            case unreadable
            /// A mapping stands in braces, on one line or several.
            case braces
            /// The value is another place's: `*name`.
            case alias
            /// Something else would be changed too: what has these lines by an anchor, or a text at the end of the file.
            case others
            /// Any other way to write it that is not edited.
            case layout
            /// The key that is to be renamed is not there, or its new name is taken.
            case noSuchKey
        }

        package var reason: Reason
        /// From 1; nil if it is about the whole file.
        package var line: Int?
        /// What was wanted.
        package var edit: Edit
    }

    /// The text with the edits made one after the other.
    package func applying(_ edits: [Edit]) throws(Problem) -> SettingsText {
        var result = self
        for edit in edits { result = try result.applying(edit) }
        return result
    }

    /// The text with one edit.
    package func applying(_ edit: Edit) throws(Problem) -> SettingsText {
        guard let old = SettingsContent(yaml: text) else { throw Problem(reason: .unreadable, edit: edit) }
        let expected = old.applying(edit)
        if expected == old { return self }
        if expected == nil, case .rename = edit { throw Problem(reason: .noSuchKey, edit: edit) }
        var lines = SettingsLines(text)
        for step in try steps(of: edit) {
            let editor = try BlockEditor(lines, for: edit)
            lines = try editor.applying(step)
        }
        let result = lines.text
        guard SettingsContent(yaml: result) == expected else { throw Problem(reason: .others, edit: edit) }
        return SettingsText(result)
    }

    /// A mapping takes the place of another key by key, so that comments between its lines stay.
    private func steps(of edit: Edit) throws(Problem) -> [Edit] {
        guard case .set(let path, .mapping(let entries)) = edit else { return [edit] }
        let editor = try BlockEditor(SettingsLines(text), for: edit)
        guard let keys = try editor.blockKeys(at: path) else { return [edit] }
        let new = entries.map(\.key)
        return entries.map { .set(path + [$0.key], $0.value) }
            + keys.filter { !new.contains($0) }.map { .remove(path + [$0]) }
    }
}

extension SettingsText.Edit {
    /// The lines that a person writes for it; nil for what is taken away.
    package var lines: [String]? {
        guard case .set(let path, let value) = self, let key = path.last else { return nil }
        let nested = path.dropLast().reversed().reduce(SettingsText.Value.Entry(key, value)) { inner, key in
            SettingsText.Value.Entry(key, .mapping([inner]))
        }
        return YAMLWriter(step: 2).block(nested, indentation: 0)
    }
}
