extension String {
    /// Combining marks in a row that a text may have where it is composed, compared or used as a key: no language writes
    /// more than a few (Unicode's stream-safe format has 30). Putting them in order takes time that grows with the square
    /// of their number, and a megabyte of them takes minutes.
    package static var mostMarks: Int { 64 }

    /// Whether this text has more combining marks in a row than ``mostMarks``.
    package var hasTooManyMarks: Bool {
        mayHaveMarks && unicodeScalars.surplusMark != nil
    }

    /// Whether there is a byte that a mark may begin with: the first one is U+0300, which begins with 0xCC.
    private var mayHaveMarks: Bool {
        utf8.withContiguousStorageIfAvailable { text in
            let bytes = UnsafeRawBufferPointer(text)
            var index = 0
            // Most text is ASCII: eight bytes at once.
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 != 0, bytes[index..<(index + 8)].contains(where: { $0 >= 0xCC }) {
                    return true
                }
                index += 8
            }
            return bytes[index...].contains { $0 >= 0xCC }
        } ?? utf8.contains { $0 >= 0xCC }
    }

    /// This text without the marks beyond ``mostMarks`` in a row.
    package var withoutSurplusMarks: String {
        guard hasTooManyMarks else { return self }
        var text = Unicode.Scalar.Run()
        return String(String.UnicodeScalarView(unicodeScalars.filter { !text.isSurplus($0) }))
    }
}

extension String.UnicodeScalarView {
    fileprivate var surplusMark: Unicode.Scalar? {
        var run = Unicode.Scalar.Run()
        return first { run.isSurplus($0) }
    }
}

extension Unicode.Scalar {
    /// Counts marks in a row.
    fileprivate struct Run {
        private var marks = 0

        mutating func isSurplus(_ scalar: Unicode.Scalar) -> Bool {
            // None below is one.
            if scalar.value < 0x300 || scalar.properties.canonicalCombiningClass == .notReordered {
                marks = 0
            } else {
                marks += 1
            }
            return marks > String.mostMarks
        }
    }
}
