/// "Did you mean …?": the nearest of some words.
public enum Suggestion {
    /// Bytes of a word.
    private static let longest = 128

    /// The candidate nearest to `word`, if it is near enough to be a slip of the finger.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        // Words that long are no slip of the finger, and comparing takes time that grows with their length.
        guard word.utf8.count <= longest else { return nil }
        let limit = max(1, min(3, word.count / 2))
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            // One letter says too little to be the beginning of anything.
            let close =
                (word.count > 1 && candidate.hasPrefix(word)) || candidate.hasSuffix("_" + word)
                || word.hasSuffix(candidate)
            let distance = close ? 1 : distance(Array(word.lowercased()), Array(candidate.lowercased()))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            for (j, y) in b.enumerated() {
                var cost = min(rows[i][j] + (x == y ? 0 : 1), row[j] + 1, rows[i][j + 1] + 1)
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, rows[i - 1][j - 1] + 1) }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
