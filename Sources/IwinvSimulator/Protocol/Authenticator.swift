import Clocks
import IwinvCatalog
import IwinvModel
import IwinvWire

/// Who sends a request, and whether the signature proves it (CONTRACT 1.2 – 1.4, U2).
struct Authenticator: Sendable {
    var keys: SimulatedKeys

    /// How far a timestamp may be off, in both directions (CONTRACT 1.4).
    static let window: Int64 = 300

    struct Result {
        /// The known key that was named, whether or not the signature is right; its quota pays.
        var accessKey: String?
        /// Why the request is refused; nil if it is not.
        var refusal: Refusal?
    }

    func check(_ request: IncomingRequest, at instant: Instant) -> Result {
        let key = request.credential ?? ""
        let secret = keys.secret(of: key)
        let accessKey = secret.map { _ in key }
        func refused(_ code: ErrorCode) -> Result { Result(accessKey: accessKey, refusal: Refusal(code)) }

        if key.isEmpty { return refused(.checkCredential) }
        guard let text = request.timestamp, let seconds = Self.timestamp(text), let signature = request.signature,
            Self.isSignature(signature)
        else { return refused(.checkSignature) }
        guard let secret else { return refused(.checkCredential) }
        guard Signature.matches(signature, timestamp: text, path: request.path, secretKey: secret),
            abs(instant.seconds - seconds) <= Self.window
        else { return refused(.invalidSignature) }
        return Result(accessKey: accessKey)
    }

    /// Decimal digits, no more than an instant can hold.
    private static func timestamp(_ text: String) -> Int64? {
        guard text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// 64 lower-case hexadecimal digits (CONTRACT 1.2).
    private static func isSignature(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
