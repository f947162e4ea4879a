import CCurl
import Glibc

/// Why libcurl has ended an exchange without a reply, read from what it says of it.
struct CurlCause {
    private let handle: OpaquePointer
    private let meaning: ccurl_meaning
    private let words: String
    private let proxy: ProxyAddress?

    init(_ handle: OpaquePointer, meaning: ccurl_meaning, words: String, proxy: ProxyAddress?) {
        self.handle = handle
        self.meaning = meaning
        self.words = words
        self.proxy = proxy
    }

    /// - Parameter hasHead: Whether the whole head of a reply has come.
    func kind(limit: Int, hasHead: Bool) -> TransportProblem.Kind {
        let hasBegun = ccurl_has_begun(handle)
        if !hasBegun, let proxy, let failure = failure(of: proxy) { return .proxy(failure, at: proxy.authority) }
        return switch meaning {
        case CCURL_HOST_NOT_FOUND: .hostNotFound
        case CCURL_NO_CONNECTION: isRefused ? .connectionRefused : .unreachable
        case CCURL_TIMEOUT: hasBegun ? .timeout : .connectTimeout
        // With TLS 1.3 a client learns only behind its request that it should have shown a certificate.
        case CCURL_TLS, CCURL_CERTIFICATE, CCURL_LOST:
            if !hasBegun, meaning != CCURL_LOST {
                .tls(tls)
            } else if hasBegun, tls == .clientCertificate {
                .tls(.clientCertificate)
            } else {
                // After the handshake TLS is how a connection breaks.
                hasHead ? .replyCutShort : .connectionLost
            }
        case CCURL_SOCKS where ccurl_socks_of(handle) == CCURL_SOCKS_HOST_NOT_FOUND: .hostNotFound
        case CCURL_TOO_LARGE: .replyTooLarge(limit: limit)
        case CCURL_ENCODING: .encodedReply
        case CCURL_PROTOCOL where hasBegun: .notHTTP
        default: .other("libcurl: \(words)")
        }
    }

    private var isRefused: Bool { ccurl_system_error(handle) == ECONNREFUSED }

    /// What the proxy has done; nil if it has connected us, or had no part in it.
    private func failure(of proxy: ProxyAddress) -> ProxyFailure? {
        let status = Int(ccurl_proxy_status(handle))
        switch status {
        case 0: break
        case 200..<300: return nil
        case 407: return login(proxy, takesPassword: ccurl_proxy_takes_passwords(handle))
        // What tinyproxy says to a wrong password.
        case 401: return login(proxy, takesPassword: true)
        case 403: return .forbidden(status: status)
        case 500...: return .noWay(status: status)
        default: return .refused(status: status)
        }
        switch meaning {
        case CCURL_PROXY_NOT_FOUND: return .notFound
        case CCURL_NO_CONNECTION: return isRefused ? .refusesConnections : .unreachable
        case CCURL_TIMEOUT: return .timeout
        case CCURL_LOST, CCURL_PROTOCOL: return .lost
        case CCURL_TLS, CCURL_CERTIFICATE: return proxy.scheme == .https ? .tls(tls) : nil
        case CCURL_SOCKS: return socks(proxy)
        default: return nil
        }
    }

    private func socks(_ proxy: ProxyAddress) -> ProxyFailure? {
        switch ccurl_socks_of(handle) {
        case CCURL_SOCKS_LOGIN: login(proxy, takesPassword: true)
        case CCURL_SOCKS_FORBIDDEN: .forbidden(status: nil)
        case CCURL_SOCKS_NO_WAY: .noWay(status: nil)
        // This machine's own finding.
        case CCURL_SOCKS_HOST_NOT_FOUND: nil
        default: .lost
        }
    }

    private func login(_ proxy: ProxyAddress, takesPassword: Bool) -> ProxyFailure {
        .login(takesPassword: takesPassword, wasGiven: proxy.user != nil)
    }

    private var tls: TLSFailure {
        var seen = ccurl_tls()
        ccurl_tls_of(handle, &seen)
        let certificate = seen.certificate.flatMap {
            CertificateFacts(der: UnsafeBufferPointer(start: $0, count: seen.length))
        }
        let isRefusedHere = meaning == CCURL_CERTIFICATE
        guard seen.is_watched else { return isRefusedHere ? .certificate(words) : .other(words) }
        if isRefusedHere { return TLSFailure(verification: seen.verification, of: certificate) }
        return TLSFailure(reason: seen.reason, wasAskedForCertificate: seen.was_asked_for_certificate, words: words)
    }
}
