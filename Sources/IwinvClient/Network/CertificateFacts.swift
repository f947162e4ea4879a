import CCrypto
import Glibc
import IwinvWire

/// What a certificate says of itself. Who has sent it may have written anything into it: the texts are bounded and fit for printing.
struct CertificateFacts: Sendable, Hashable {
    /// Common name and organisation.
    let subject: String
    let issuer: String
    /// Hosts and addresses that it is for; at most ``mostNames``.
    let names: [String]
    /// `2026-03-01 12:00 UTC`
    let begins: String
    let ends: String

    private static let mostNames = 5
    private static let longestName = 100

    /// Nil for what is no certificate.
    init?(der bytes: UnsafeBufferPointer<UInt8>) {
        var next = bytes.baseAddress
        guard let certificate = d2i_X509(nil, &next, bytes.count) else { return nil }
        defer { X509_free(certificate) }
        subject = Self.text(of: X509_get_subject_name(certificate))
        issuer = Self.text(of: X509_get_issuer_name(certificate))
        names = Self.names(of: certificate)
        begins = Self.text(of: X509_get0_notBefore(certificate))
        ends = Self.text(of: X509_get0_notAfter(certificate))
    }

    private static func text(of name: OpaquePointer?) -> String {
        let parts = [NID_commonName, NID_organizationName].compactMap { kind -> String? in
            let index = X509_NAME_get_index_by_NID(name, kind, -1)
            guard index >= 0, let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)) else { return nil }
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&bytes, data)
            defer { CRYPTO_free(bytes, #file, #line) }
            guard count > 0, let bytes else { return nil }
            return cleaned(UnsafeBufferPointer(start: bytes, count: Int(count)))
        }
        guard let first = parts.first else { return "?" }
        return parts.count > 1 && parts[1] != first ? "\(first) (\(parts[1]))" : first
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        let list = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil).map { OpaquePointer($0) }
        defer { GENERAL_NAMES_free(list) }
        let count = max(0, OPENSSL_sk_num(list))
        var names: [String] = []
        for index in 0..<count {
            guard names.count < mostNames, let entry = OPENSSL_sk_value(list, index) else { break }
            let name = entry.assumingMemoryBound(to: GENERAL_NAME.self).pointee
            guard [GEN_DNS, GEN_IPADD].contains(name.type), let data = name.d.ia5 else { continue }
            let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(data), count: Int(ASN1_STRING_length(data)))
            names.append(name.type == GEN_DNS ? cleaned(bytes) : address(bytes))
        }
        return names
    }

    private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard [4, 16].contains(bytes.count) else { return "?" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes.baseAddress, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
        var fields = tm()
        guard ASN1_TIME_to_tm(time, &fields) == 1 else { return "?" }
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(fields.tm_year + 1900)-\(padded(fields.tm_mon + 1))-\(padded(fields.tm_mday)) "
            + "\(padded(fields.tm_hour)):\(padded(fields.tm_min)) UTC"
    }

    private static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        CloudText.cleaned(String(decoding: bytes.prefix(4 * longestName), as: UTF8.self), limit: longestName)
    }
}
