/// The key pair that signs requests (CONTRACT 1.2).
///
/// Nothing prints it: descriptions, reflection and `dump` show `Credential(…)` and no more.
public struct Credential: Sendable {
    /// Names the key; sent in the clear with every request.
    public let accessKey: String
    /// Names the account in files and messages, where the key itself must not stand.
    public var fingerprint: String { Signature.fingerprint(of: accessKey) }
    /// Signs; never sent, never shown.
    package let secretKey: String

    /// Checks that both can stand in a request.
    ///
    /// - Throws: ``CredentialProblem``.
    public init(accessKey: String, secretKey: String) throws(CredentialProblem) {
        guard !accessKey.isEmpty else { throw .emptyAccessKey }
        guard !secretKey.isEmpty else { throw .emptySecretKey }
        guard accessKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .accessKeyCharacter }
        guard !secretKey.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
            throw .secretKeyCharacter
        }
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Credential(…)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// Why a key pair cannot be used.
public enum CredentialProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case emptyAccessKey
    case emptySecretKey
    case accessKeyCharacter
    case secretKeyCharacter

    public var description: String {
        switch self {
        case .emptyAccessKey: "the access key is empty"
        case .emptySecretKey: "the secret key is empty"
        case .accessKeyCharacter: "the access key must be ASCII without spaces or control characters"
        case .secretKeyCharacter: "the secret key must not contain line breaks or NUL"
        }
    }
}
