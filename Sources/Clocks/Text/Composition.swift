import Foundation
import TextGuard

extension String {
    /// This text in its composed form (NFC); nil if it has more than 64 combining marks in a row.
    public var composed: String? {
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        return hasTooManyMarks ? nil : precomposedStringWithCanonicalMapping
    }
}
