public import Clocks

/// The three headers that every request carries (CONTRACT 1.2).
public enum WireHeaders {
    public static let timestamp = "X-iwinv-Timestamp"
    public static let credential = "X-iwinv-Credential"
    public static let signature = "X-iwinv-Signature"

    /// The headers of a request that leaves now.
    ///
    /// Never log them: the signature authorises other methods on the same path too.
    ///
    /// - Parameters:
    ///   - instant: The time of sending; whole seconds of it are signed.
    ///   - path: The path as it stands on the wire, without the query.
    public static func signed(_ credential: Credential, at instant: Instant, path: String) -> [(String, String)] {
        let text = String(instant.seconds)
        return [
            (timestamp, text),
            (Self.credential, credential.accessKey),
            (signature, Signature.hex(timestamp: text, path: path, secretKey: credential.secretKey)),
        ]
    }
}
