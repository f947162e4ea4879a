import CCrypto

/// The signature of a request: HMAC-SHA256 over timestamp and path, and nothing else (CONTRACT 1.3).
///
/// Method, query and body are not covered, so a leaked signature is good for other methods on the same path for five
/// minutes: treat it as a secret.
public enum Signature {
    /// The signature in lower-case hexadecimal, 64 characters.
    ///
    /// - Parameters:
    ///   - timestamp: The very text of the timestamp header: seconds since 1970.
    ///   - path: From `/v1/` on; without query and without a slash at its end.
    ///   - secretKey: Used as UTF-8 bytes.
    public static func hex(timestamp: String, path: String, secretKey: String) -> String {
        SHA256.hex(of: digest(Array((timestamp + path).utf8), key: Array(secretKey.utf8)))
    }

    /// HMAC-SHA256 of any text, in lower-case hexadecimal; not what the cloud wants.
    package static func hex(of message: [UInt8], secretKey: String) -> String {
        SHA256.hex(of: digest(message, key: Array(secretKey.utf8)))
    }

    /// A name for an access key that does not tell the key: 32 hexadecimal digits of a hash of its own kind.
    static func fingerprint(of accessKey: String) -> String {
        String(SHA256.hex(of: digest(Array(accessKey.utf8), key: Array("iwlua account".utf8))).prefix(32))
    }

    /// Whether `signature` is the right one; takes the same time wherever it differs.
    public static func matches(_ signature: String, timestamp: String, path: String, secretKey: String) -> Bool {
        let expected = Array(hex(timestamp: timestamp, path: path, secretKey: secretKey).utf8)
        let given = Array(signature.utf8)
        return given.count == expected.count && CRYPTO_memcmp(given, expected, expected.count) == 0
    }

    /// What signs: "OpenSSL 3.0.17 1 Jul 2025".
    package static var library: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

    private static func digest(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        // HMAC pads keys with zero bytes: one zero byte is the empty key, and a pointer that is never null.
        let key = key.isEmpty ? [0] : key
        let result = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, &length)
        precondition(result != nil && length == 32, "the system's libcrypto refuses HMAC-SHA256")
        return digest
    }
}
