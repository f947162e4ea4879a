import IwinvCatalog

// The arguments are checked before they come here, so what is absent was not given.
extension Arguments {
    func text(_ name: String) -> String? { self[name]?.stringValue }

    func integer(_ name: String) -> Int64? { self[name]?.integerValue }

    func list(_ name: String) -> [String]? { self[name]?.arrayValue?.compactMap(\.stringValue) }

    /// Whether a list filter lets some word pass: one that was not given lets everything pass.
    func lets(_ word: String, pass name: String) -> Bool {
        list(name)?.contains(word) ?? true
    }

    /// Whether a list filter has one of some words.
    func lets(anyOf words: [String], pass name: String) -> Bool {
        list(name).map { !Set($0).isDisjoint(with: words) } ?? true
    }

    /// Whether a substring filter lets some text pass (CONTRACT 3.3, 3.4, 3.9).
    func lets(text: String, pass name: String) -> Bool {
        self.text(name).map { text.contains($0) } ?? true
    }
}
