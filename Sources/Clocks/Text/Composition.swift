import Foundation

extension String {
    /// Combining marks in a row that a text may have: no language writes more than a few. Putting them in order takes time
    /// that grows with the square of their number.
    private static let mostMarks = 256

    /// This text in its composed form (NFC); nil if it has more than 256 combining marks in a row.
    public var composed: String? {
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        var marks = 0
        for scalar in unicodeScalars {
            // None below is one.
            if scalar.value < 0x300 || scalar.properties.canonicalCombiningClass == .notReordered {
                marks = 0
                continue
            }
            marks += 1
            if marks > Self.mostMarks { return nil }
        }
        return precomposedStringWithCanonicalMapping
    }
}
