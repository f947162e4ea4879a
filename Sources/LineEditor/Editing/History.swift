/// The lines that were entered, the newest last.
///
/// ```swift
/// var history = History(limit: 1000) { !$0.contains("secret") }
/// history.add("iwinv.zones.list()")
/// history.older(than: history.entries.count, prefix: "iwinv")  // 0
/// ```
package struct History: Sendable {
    package private(set) var entries: [String] = []
    package let limit: Int
    private let keep: @Sendable (String) -> Bool

    /// Longest entry in bytes of UTF-8; what is longer was pasted.
    package static let longestEntry = 64 * 1024

    /// - Parameters:
    ///   - limit: the oldest entries beyond it go.
    ///   - keep: false for lines that are never kept, here or in a file: those with keys in them.
    package init(limit: Int = 2000, keep: @escaping @Sendable (String) -> Bool = { _ in true }) {
        precondition(limit > 0, "a history of no lines is no history")
        self.limit = limit
        self.keep = keep
    }

    /// Adds a line as the newest; an older one that says the same goes.
    ///
    /// - Returns: false if it is not kept: blank, the same as the newest, too long, or refused by `keep`.
    @discardableResult
    package mutating func add(_ line: String) -> Bool {
        let line = CleanText.clean(line)
        guard !line.allSatisfy(\.isWhitespace), line.utf8.count <= Self.longestEntry, line != entries.last, keep(line)
        else { return false }
        entries.removeAll { $0 == line }
        entries.append(line)
        if entries.count > limit { entries.removeFirst(entries.count - limit) }
        return true
    }

    /// The next entry before `index` that starts with a text.
    package func older(than index: Int, prefix: String) -> Int? {
        entries[..<min(index, entries.count)].lastIndex { $0.hasPrefix(prefix) }
    }

    /// The next entry after `index` that starts with a text.
    package func newer(than index: Int, prefix: String) -> Int? {
        guard index + 1 < entries.count else { return nil }
        return entries[(index + 1)...].firstIndex { $0.hasPrefix(prefix) }
    }

    /// Where a text was found.
    package struct Match: Hashable, Sendable {
        package var index: Int
        /// Bytes of UTF-8.
        package var range: Range<Int>
    }

    /// The first entry at `index` or before it (or after it) in which a text occurs. Texts are in normal form C, so that a
    /// Hangul syllable is found and its half is not.
    package func search(_ text: String, from index: Int, back: Bool) -> Match? {
        let wanted = Array(CleanText.clean(text).utf8)
        guard !wanted.isEmpty else { return nil }
        var index = back ? min(index, entries.count - 1) : max(index, 0)
        while entries.indices.contains(index) {
            if let range = Self.range(of: wanted, in: entries[index], last: back) {
                return Match(index: index, range: range)
            }
            index += back ? -1 : 1
        }
        return nil
    }

    private static func range(of wanted: [UInt8], in entry: String, last: Bool) -> Range<Int>? {
        let bytes = Array(entry.utf8)
        guard bytes.count >= wanted.count else { return nil }
        let starts = 0...(bytes.count - wanted.count)
        func fits(_ start: Int) -> Bool {
            bytes[start] == wanted[0] && bytes[start..<(start + wanted.count)].elementsEqual(wanted)
        }
        guard let start = last ? starts.last(where: fits) : starts.first(where: fits) else { return nil }
        return start..<(start + wanted.count)
    }
}
