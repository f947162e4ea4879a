extension String {
    /// Where `part` stands in this text, from left to right and without overlaps, as ranges of its UTF-8 bytes.
    ///
    /// Both are taken as composed. It is found where it begins and ends with a character of this text, so that a letter is
    /// not found in one with an accent. The time grows with the lengths, not with their product (Knuth, Morris, Pratt).
    package func occurrences(of part: String) -> [Range<Int>] {
        let wanted = Array(part.utf8), text = Array(utf8)
        guard !wanted.isEmpty, wanted.count <= text.count else { return [] }
        let fallback = Self.fallback(wanted)
        var isBoundary: [Bool]?
        var found: [Range<Int>] = []
        var matched = 0, free = 0
        for (place, byte) in text.enumerated() {
            while matched > 0, wanted[matched] != byte { matched = fallback[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            guard matched == wanted.count else { continue }
            matched = fallback[matched - 1]
            let range = place + 1 - wanted.count..<place + 1
            guard range.lowerBound >= free else { continue }
            let boundaries = isBoundary ?? boundaries
            isBoundary = boundaries
            guard boundaries[range.lowerBound], boundaries[range.upperBound] else { continue }
            found.append(range)
            free = range.upperBound
        }
        return found
    }

    /// For each byte: how much of the beginning of `wanted` ends there, itself left out.
    private static func fallback(_ wanted: [UInt8]) -> [Int] {
        var fallback = [Int](repeating: 0, count: wanted.count)
        var matched = 0
        for place in wanted.indices.dropFirst() {
            while matched > 0, wanted[matched] != wanted[place] { matched = fallback[matched - 1] }
            if wanted[matched] == wanted[place] { matched += 1 }
            fallback[place] = matched
        }
        return fallback
    }

    /// For each byte, and the end: whether a character begins there.
    private var boundaries: [Bool] {
        var boundaries = [Bool](repeating: false, count: utf8.count + 1)
        var place = 0
        boundaries[0] = true
        for character in self {
            place += character.utf8.count
            boundaries[place] = true
        }
        return boundaries
    }
}
