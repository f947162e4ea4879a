import CCrypto

/// SHA-256, by the system's libcrypto.
///
/// ```swift
/// SHA256.hex(Array("abc".utf8))  // "ba7816bf8f01cfea…"
/// ```
public enum SHA256 {
    /// The digest: 32 bytes.
    public static func digest(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let result = EVP_Digest(message, message.count, &digest, &length, EVP_sha256(), nil)
        precondition(result == 1 && length == 32, "the system's libcrypto refuses SHA-256")
        return digest
    }

    /// The digest in lower-case hexadecimal: 64 characters.
    public static func hex(_ message: [UInt8]) -> String {
        hex(of: digest(message))
    }

    /// The digest of a text's UTF-8 bytes, in lower-case hexadecimal.
    public static func hex(_ text: String) -> String {
        hex(Array(text.utf8))
    }

    /// Bytes in lower-case hexadecimal.
    package static func hex(of bytes: some Collection<UInt8>) -> String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
