import Yams

/// What a YAML text says, without how it says it.
indirect enum SettingsContent: Hashable {
    /// Nothing: an empty text, `~`, or a mapping without keys.
    case nothing
    case scalar(String, tag: String)
    case sequence([SettingsContent])
    case mapping([SettingsContent: SettingsContent])

    /// Nil if it is no YAML, or goes deeper or further than anybody writes.
    init?(yaml: String) {
        var reader = Reader()
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch { return nil }
        guard let root else {
            self = .nothing
            return
        }
        guard let content = reader.content(root, depth: 0) else { return nil }
        self = content
    }

    /// Reads a tree. An alias is the tree that it stands for, so a short text can be an endless one.
    private struct Reader {
        private var left = 100_000

        mutating func content(_ node: Node, depth: Int) -> SettingsContent? {
            left -= 1
            guard left > 0, depth < 100 else { return nil }
            switch node {
            case .scalar(let scalar):
                return node.tag == Tag(.null) ? .nothing : .scalar(scalar.string, tag: node.tag.description)
            case .sequence(let sequence):
                var elements: [SettingsContent] = []
                for element in sequence {
                    guard let element = content(element, depth: depth + 1) else { return nil }
                    elements.append(element)
                }
                return .sequence(elements)
            case .mapping(let mapping):
                var pairs: [SettingsContent: SettingsContent] = [:]
                for (key, value) in mapping {
                    guard let key = content(key, depth: depth + 1), let value = content(value, depth: depth + 1)
                    else { return nil }
                    pairs[key] = value
                }
                return pairs.isEmpty ? .nothing : .mapping(pairs)
            case .alias: return nil
            }
        }
    }

    // MARK: - Edits

    /// A text, as a quoted scalar has it.
    static func text(_ text: String) -> SettingsContent { .scalar(text, tag: Tag(.str).description) }

    init(_ value: SettingsText.Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .mapping(let entries):
            self = .mapping(
                Dictionary(entries.map { (.text($0.key), SettingsContent($0.value)) }, uniquingKeysWith: { $1 }))
        }
    }

    /// What an edit has to lead to; nil if it cannot be made.
    func applying(_ edit: SettingsText.Edit) -> SettingsContent? {
        switch edit {
        case .set(let path, let value): return setting(path[...], SettingsContent(value))
        case .remove(let path): return removing(path[...])
        case .rename(let path, let name):
            guard let old = path.last, old != name else { return self }
            let parent = path.dropLast()
            guard case .mapping(var pairs)? = at(parent), let key = Self.key(old, of: pairs),
                Self.key(name, of: pairs) == nil
            else { return nil }
            pairs[.text(name)] = pairs.removeValue(forKey: key)
            return setting(parent, .mapping(pairs))
        }
    }

    /// A key by what is written there: `1.0` and `yes` are names, too.
    private static func key(
        _ name: String, of pairs: [SettingsContent: SettingsContent]
    ) -> SettingsContent? {
        pairs.keys.first { key in
            if case .scalar(name, _) = key { true } else { false }
        }
    }

    private func at(_ path: ArraySlice<String>) -> SettingsContent? {
        guard let name = path.first else { return self }
        guard case .mapping(let pairs) = self, let key = Self.key(name, of: pairs) else { return nil }
        return pairs[key]?.at(path.dropFirst())
    }

    private func setting(_ path: ArraySlice<String>, _ value: SettingsContent) -> SettingsContent? {
        guard let name = path.first else { return value }
        var pairs: [SettingsContent: SettingsContent] = [:]
        switch self {
        case .nothing: break
        case .mapping(let own): pairs = own
        case .scalar, .sequence: return nil
        }
        let key = Self.key(name, of: pairs) ?? .text(name)
        guard let changed = (pairs[key] ?? .nothing).setting(path.dropFirst(), value) else { return nil }
        pairs[key] = changed
        return .mapping(pairs)
    }

    private func removing(_ path: ArraySlice<String>) -> SettingsContent {
        guard let name = path.first, case .mapping(var pairs) = self, let key = Self.key(name, of: pairs) else {
            return self
        }
        if path.count == 1 {
            pairs[key] = nil
        } else {
            pairs[key] = pairs[key]?.removing(path.dropFirst())
        }
        return pairs.isEmpty ? .nothing : .mapping(pairs)
    }
}
