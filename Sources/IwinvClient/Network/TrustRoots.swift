import CCrypto
import CCurl
import Glibc
public import IwinvCatalog

/// A file of certificates to trust besides the system's: PEM, one after the other.
///
/// ```swift
/// let roots = try TrustRoots(path: "/etc/company/ca.pem")
/// print(roots.count)
/// ```
public struct TrustRoots: Sendable, Hashable {
    public let path: String
    /// How many certificates it holds; at least one.
    public let count: Int
    let bytes: [UInt8]

    /// Reads it.
    ///
    /// - Throws: ``TrustRootsProblem``.
    public init(path: String) throws(TrustRootsProblem) {
        do { bytes = try Self.read(path) } catch {
            throw TrustRootsProblem(path: path, reason: .unreadable(error.code))
        }
        self.path = path
        count = Self.count(bytes)
        guard count > 0 else { throw TrustRootsProblem(path: path, reason: .holdsNone) }
        guard count == Self.marks(bytes) else { throw TrustRootsProblem(path: path, reason: .damaged(after: count)) }
    }

    /// Where the system's own certificates are, as libcurl says; nil if it does not say, or there is no libcurl.
    public static var systemPath: String? {
        guard ccurl_load() else { return nil }
        return ccurl_system_authorities().map { String(cString: $0) }
    }

    /// What the system says to a call that it refuses.
    private struct Refusal: Error {
        let code: Int32
    }

    /// A pipe ends, and a device may not: no collection of certificates is that large.
    private static func read(_ path: String) throws(Refusal) -> [UInt8] {
        let limit = 16 << 20
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { throw Refusal(code: errno) }
                continue
            }
            guard bytes.count + count <= limit else { throw Refusal(code: EFBIG) }
            bytes += piece[..<count]
        }
    }

    private static func count(_ bytes: [UInt8]) -> Int {
        let source = BIO_new_mem_buf(bytes, Int32(clamping: bytes.count))
        defer {
            BIO_free(source)
            // The end of the file is an error to OpenSSL, which must not be met by whoever asks it next.
            ERR_clear_error()
        }
        var count = 0
        while let certificate = PEM_read_bio_X509_AUX(source, nil, nil, nil) {
            X509_free(certificate)
            count += 1
        }
        return count
    }

    /// How many certificates are announced.
    private static func marks(_ bytes: [UInt8]) -> Int {
        let lines = String(decoding: bytes, as: UTF8.self).split { $0.isNewline }
        return lines.count {
            $0.hasPrefix("-----BEGIN CERTIFICATE-----") || $0.hasPrefix("-----BEGIN TRUSTED CERTIFICATE-----")
                || $0.hasPrefix("-----BEGIN X509 CERTIFICATE-----")
        }
    }
}

/// Why a file of certificates is of no use.
public struct TrustRootsProblem: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// With the system's number for the reason.
        case unreadable(Int32)
        case holdsNone
        /// What follows so many certificates is none, though it begins like one.
        case damaged(after: Int)
    }

    public let path: String
    public let reason: Reason

    public var message: LocalizedText {
        switch reason {
        case .unreadable(let code):
            LocalizedText(
                "the certificates in \(path) cannot be read: \(String(cString: strerror(code)))",
                "\(path)의 인증서를 읽을 수 없습니다: \(String(cString: strerror(code)))")
        case .holdsNone:
            LocalizedText(
                "\(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
                "\(path)에 PEM 형식의 인증서(-----BEGIN CERTIFICATE-----)가 없습니다")
        case .damaged(let count):
            LocalizedText(
                "certificate \(count + 1) in \(path) is damaged", "\(path)의 \(count + 1)번째 인증서가 손상되었습니다")
        }
    }
}

extension TrustRootsProblem: CustomStringConvertible {
    public var description: String { message.english }
}
