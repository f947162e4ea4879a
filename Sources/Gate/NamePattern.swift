/// A name as operators write it in grants and protections: `web-*`, `db-?`; `*` stands for any text, `?` for one
/// character. Patterns cover the whole name, and an identifier as well as a name.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) { description = text }

    public func matches(_ text: String) -> Bool {
        let (pattern, text) = (Array(description), Array(text))
        var (p, t) = (0, 0)
        // Where the last star was, and how far it has eaten.
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                (p, t) = (p + 1, t + 1)
            } else if let last = star {
                star = (last.p, last.t + 1)
                (p, t) = (last.p + 1, last.t + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// Whether every text that `other` matches is matched by this one, as far as that is plain to see.
    func covers(_ other: NamePattern) -> Bool {
        self == other || description == "*"
            || description.hasSuffix("*") && !description.dropLast().contains("*")
                && !description.contains("?") && other.description.hasPrefix(description.dropLast())
    }
}
