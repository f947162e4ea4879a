/// The cloud's own randomness: SplitMix64, so that one seed and one sequence of calls give one sequence of identifiers.
///
/// Not for secrets of a real system: everything here is synthetic.
package struct Generator: Sendable, Hashable, Codable, RandomNumberGenerator {
    private(set) var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private static let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    private static let lowercase = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    private static let passwordAlphabet = base62 + Array("/=+!")

    private mutating func text(_ count: Int, from alphabet: [Character]) -> String {
        String((0..<count).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] })
    }

    /// `INSTANCE-` and the like with 22 base62 characters (CONTRACT 1.13).
    mutating func identifier(_ prefix: String) -> String {
        prefix + "-" + text(22, from: Self.base62)
    }

    /// A name for a server that got none (CONTRACT U14).
    mutating func serverName() -> String {
        "iwinv-" + text(8, from: Self.lowercase)
    }

    /// A name for a volume that got none [assumed].
    mutating func volumeName() -> String {
        "block-" + text(8, from: Self.lowercase)
    }

    /// A password with characters that need care in a URL or a JSON text (CONTRACT 3.4).
    mutating func password() -> String {
        "/" + text(10, from: Self.passwordAlphabet) + "="
    }

    /// A version 4 UUID.
    mutating func uuid() -> String {
        let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        let digits = Self.hex(high) + Self.hex(low)
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Generator {
    /// A generator whose stream depends on all of these; for values that must not use up the cloud's own stream.
    init(seed: UInt64, text: String, number: Int64) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.init(seed: hash ^ UInt64(bitPattern: number))
    }
}
