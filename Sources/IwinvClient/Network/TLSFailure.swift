import CCrypto
package import IwinvCatalog

/// Why there was no secure connection, and nothing was sent over it.
///
/// Names and dates are a certificate's own, bounded and fit for printing; who has sent it may have written anything into it.
/// They are known where libcurl uses OpenSSL, and `?` stands for what a certificate does not say.
public enum TLSFailure: Sendable, Hashable {
    /// Signed by an authority that this machine does not trust.
    case unknownAuthority(String)
    /// Signed by nobody but itself.
    case selfSigned(subject: String)
    /// When it ended, in UTC; and whose it is: the host's, or that of an authority above.
    case expired(String, subject: String)
    case notYetValid(String, subject: String)
    /// For other hosts; some of their names.
    case otherHost(names: [String])
    /// Refused for another reason, in OpenSSL's words.
    case certificate(String)
    /// Answered, but not by TLS.
    case notTLS
    /// No version of TLS that both sides speak; iwlua wants 1.2 at least.
    case version
    /// Does not speak HTTP/1.1.
    case noHTTP1
    /// Wants a certificate of the client.
    case clientCertificate
    /// The other side ended the handshake, and did not say why.
    case refused
    /// The connection ended in the handshake.
    case ended
    /// Something else, in libcurl's words.
    case other(String)

    /// What happened, behind "no secure connection to HOST: ".
    package var text: LocalizedText {
        switch self {
        case .unknownAuthority(let issuer):
            LocalizedText(
                "its certificate is signed by “\(issuer)”, an authority that this machine does not trust",
                "이 컴퓨터가 신뢰하지 않는 인증 기관 “\(issuer)”이(가) 서명한 인증서입니다")
        case .selfSigned(let subject):
            LocalizedText(
                "its certificate, of “\(subject)”, is signed by itself and by no authority",
                "“\(subject)”의 인증서는 인증 기관이 아니라 자기 자신이 서명한 것입니다")
        case .expired(let date, let subject):
            LocalizedText(
                "the certificate of “\(subject)” expired on \(date)",
                "“\(subject)”의 인증서가 \(date)에 만료되었습니다")
        case .notYetValid(let date, let subject):
            LocalizedText(
                "the certificate of “\(subject)” is not valid before \(date)",
                "“\(subject)”의 인증서는 \(date)부터 유효합니다")
        case .otherHost(let names):
            names.isEmpty
                ? LocalizedText("its certificate names no host", "인증서에 호스트 이름이 없습니다")
                : LocalizedText(
                    "its certificate is for another host (\(names.joined(separator: ", ")))",
                    "다른 호스트(\(names.joined(separator: ", ")))의 인증서입니다")
        case .certificate(let words):
            LocalizedText("its certificate was refused (\(words))", "인증서를 신뢰할 수 없습니다(\(words))")
        case .notTLS:
            LocalizedText("it answers on this port, but not by TLS", "이 포트에서 TLS로 응답하지 않습니다")
        case .version:
            LocalizedText("it speaks no TLS 1.2 or newer", "TLS 1.2 이상을 지원하지 않습니다")
        case .noHTTP1:
            LocalizedText("it does not speak HTTP/1.1", "HTTP/1.1을 지원하지 않습니다")
        case .clientCertificate:
            LocalizedText("it wants a certificate of the client", "클라이언트 인증서를 요구합니다")
        case .refused:
            LocalizedText("it refused the handshake and did not say why", "상대가 이유 없이 TLS 연결을 거부했습니다")
        case .ended:
            LocalizedText("it ended the connection in the handshake", "TLS 연결 도중 상대가 연결을 끊었습니다")
        case .other(let words):
            LocalizedText("the handshake failed (\(words))", "TLS 연결에 실패했습니다(\(words))")
        }
    }

    /// What to do about it; nil where there is nothing but to ask whoever runs the other side.
    var advice: LocalizedText? {
        switch self {
        case .unknownAuthority, .selfSigned:
            LocalizedText(
                "if it is your company's own, give its certificate as `ca_file` (IWLUA_CA_FILE); if not, somebody may be in between",
                "회사의 인증 기관이면 그 인증서를 `ca_file`(IWLUA_CA_FILE)로 지정하세요. 아니라면 누군가 중간에서 가로채고 있을 수 있습니다")
        case .expired, .notYetValid:
            LocalizedText(
                "check this machine's clock first; if it is right, the other side needs a new certificate",
                "먼저 이 컴퓨터의 시계를 확인하세요. 시계가 맞다면 상대가 인증서를 바꿔야 합니다")
        case .otherHost:
            LocalizedText(
                "check the name in the endpoint; if it is right, somebody may be in between",
                "엔드포인트의 이름을 확인하세요. 이름이 맞다면 누군가 중간에서 가로채고 있을 수 있습니다")
        case .certificate: nil
        case .notTLS, .ended:
            LocalizedText("check host and port of the endpoint", "엔드포인트의 호스트와 포트를 확인하세요")
        case .version, .noHTTP1, .clientCertificate, .refused:
            LocalizedText(
                "check the endpoint; a gateway in between must speak TLS 1.2 and HTTP/1.1, without client certificates",
                "엔드포인트를 확인하세요. 중간 게이트웨이는 클라이언트 인증서 없이 TLS 1.2와 HTTP/1.1을 지원해야 합니다")
        case .other: nil
        }
    }
}

extension TLSFailure {
    /// What a verification has come to; 0 if the chain of certificates was good, and only the host is another.
    init(verification: Int32, of certificate: CertificateFacts?) {
        let subject = certificate?.subject ?? "?"
        self =
            switch verification {
            case 0:
                .otherHost(
                    names: certificate.map { $0.names.isEmpty ? [$0.subject] : $0.names } ?? [])
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned(subject: subject)
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
                X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                .unknownAuthority(certificate?.issuer ?? "?")
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired(certificate?.ends ?? "?", subject: subject)
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid(certificate?.begins ?? "?", subject: subject)
            default: .certificate(String(cString: X509_verify_cert_error_string(Int(verification))))
            }
    }

    /// What OpenSSL has called the error of a handshake.
    init(reason: Int32, wasAskedForCertificate: Bool, words: String) {
        self =
            switch reason {
            case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG: .notTLS
            case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: .version
            case SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: .noHTTP1
            case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: .clientCertificate
            // What servers say to it with TLS 1.2, and to much else.
            case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
                wasAskedForCertificate ? .clientCertificate : .refused
            case SSL_AD_REASON_OFFSET...: .refused
            case 0, SSL_R_UNEXPECTED_EOF_WHILE_READING: .ended
            default: .other(words)
            }
    }
}
