import NIOSSL

/// How a server of a test speaks TLS.
package struct ServerTLS: Sendable {
    package enum Version: Sendable {
        case tls11, tls12
    }

    /// A file of `tls`: `certificate` is self-signed and for 127.0.0.1, the others are for names (`tls/make.sh`).
    package var certificate: String
    package var newest: Version?
    /// The client shall show a certificate.
    package var demandsCertificate = false

    package init(_ certificate: String = "certificate", newest: Version? = nil, demandsCertificate: Bool = false) {
        self.certificate = certificate
        self.newest = newest
        self.demandsCertificate = demandsCertificate
    }

    func context() throws -> NIOSSLContext {
        let key = try Fixtures.path(certificate == "certificate" ? "tls/key.pem" : "tls/cloud-key.pem")
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(Fixtures.path("tls/\(certificate).pem")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = newest.map { $0 == .tls11 ? .tlsv11 : .tlsv12 }
        if demandsCertificate {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(try Fixtures.path("tls/authority.pem"))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
