extension String {
    /// Combining marks in a row that a text may have where it is composed, compared or used as a key: no language writes
    /// more than a few (Unicode's stream-safe format has 30). Putting them in order takes time that grows with the square
    /// of their number, and a megabyte of them takes minutes.
    package static var mostMarks: Int { 64 }

    /// Whether this text has more combining marks in a row than ``mostMarks``.
    package var hasTooManyMarks: Bool {
        // The first mark is U+0300: 0xCC is the least byte that one begins with.
        utf8.contains { $0 >= 0xCC } && unicodeScalars.surplusMark != nil
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
