extension String {
    /// Where `part` stands in this text, from left to right and without overlaps, as ranges of its UTF-8 bytes.
    ///
    /// Both are taken as composed. It is found where it begins and ends with a character of this text, so that a letter is
    /// not found in one with an accent; what separates (line ends, commas, all of ASCII that is neither letter nor digit)
    /// stands for itself, whatever joins it to its neighbours. The time grows with the lengths, not with their product (Knuth, Morris, Pratt).
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

    /// Whether `part` stands at the beginning, by the rules of ``occurrences(of:)``.
    package func begins(with part: String) -> Bool {
        utf8.starts(with: part.utf8) && (part.isEmpty || boundaries[part.utf8.count])
    }

    /// Whether `part` stands at the end.
    package func ends(with part: String) -> Bool {
        let start = utf8.count - part.utf8.count
        return start >= 0 && utf8.dropFirst(start).elementsEqual(part.utf8) && boundaries[start]
    }

    /// For each byte, and the end: whether a character begins there, or a sign that separates begins or ends.
    private var boundaries: [Bool] {
        var boundaries = [Bool](repeating: false, count: utf8.count + 1)
        var place = 0
        boundaries[0] = true
        for character in self {
            place += character.utf8.count
            boundaries[place] = true
        }
        for (place, byte) in utf8.enumerated() where byte < 0x80 && !Self.isLetterOrDigit(byte) {
            boundaries[place] = true
            boundaries[place + 1] = true
        }
        return boundaries
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
