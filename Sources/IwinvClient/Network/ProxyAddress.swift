public import IwinvCatalog

/// Where a proxy is, and who it is told that we are. What is printed of it holds no user name and no password.
public struct ProxyAddress: Sendable, Hashable {
    public enum Scheme: String, Sendable, CaseIterable {
        case http, https
        /// This machine resolves the endpoint's name.
        case socks5
        /// The proxy resolves it.
        case socks5h

        var port: Int {
            switch self {
            case .http: 80
            case .https: 443
            case .socks5, .socks5h: 1080
            }
        }
    }

    public let scheme: Scheme
    public let host: String
    public let port: Int
    let user: String?
    let password: String?

    /// Host and port: how messages name it.
    public var authority: String { "\(host):\(port)" }

    /// Reads `SCHEME://USER:PASSWORD@HOST:PORT`; without a scheme it is `http`, without a port the scheme's own.
    init(_ text: String, from variable: String) throws(ProxyProblem) {
        func problem(_ reason: ProxyProblem.Reason) -> ProxyProblem {
            ProxyProblem(variable: variable, reason: reason)
        }
        var rest = text.trimmed[...]
        var scheme = Scheme.http
        let hasScheme = rest.contains("://")
        if let separator = rest.firstRange(of: "://") {
            guard let named = Scheme(rawValue: rest[..<separator.lowerBound].lowercased()) else {
                throw problem(.scheme)
            }
            scheme = named
            rest = rest[separator.upperBound...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            // `http//user@host` has lost its colon, and names no user `http//user`.
            guard !rest[..<at].contains("/") else { throw problem(hasScheme ? .credentials : .malformed) }
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let word = parts.count > 1 ? Self.decoded(parts[1]) : "" else {
                throw problem(.credentials)
            }
            (user, password) = (name, word)
            rest = rest[rest.index(after: at)...]
        }
        do {
            let authority = try HostAndPort(rest)
            host = authority.host
            port = authority.port ?? scheme.port
        } catch {
            throw problem(error == .port ? .port : .malformed)
        }
        self.scheme = scheme
        (self.user, self.password) = (user, password)
    }

    /// With `%XX` decoded; nil for a `%` that is none, and for what no program can have meant.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(UInt8(digits[0] << 4 | digits[1]))
        }
        return bytes.contains { $0 < 0x20 || $0 == 0x7F } ? nil : String(validating: bytes, as: UTF8.self)
    }
}

extension ProxyAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(scheme.rawValue)://\(authority)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// Why the address of a proxy cannot be read. Holds nothing of the value, which may have a password in it.
public struct ProxyProblem: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        case malformed, scheme, port
        /// A user name or password with a `%` that begins no `%XX`, or with what cannot be sent.
        case credentials
    }

    /// `HTTPS_PROXY`
    public let variable: String
    public let reason: Reason

    public var message: LocalizedText {
        switch reason {
        case .malformed:
            LocalizedText(
                "\(variable) is not the address of a proxy: write it like http://proxy.example.com:3128",
                "\(variable) 값이 프록시 주소가 아닙니다. http://proxy.example.com:3128 처럼 쓰세요")
        case .scheme:
            LocalizedText(
                "\(variable): the address of a proxy begins with http://, https://, socks5:// or socks5h://",
                "\(variable): 프록시 주소는 http://, https://, socks5://, socks5h:// 중 하나로 시작해야 합니다")
        case .port:
            LocalizedText(
                "\(variable): the port of a proxy is a number from 1 to 65535",
                "\(variable): 프록시의 포트는 1–65535 사이의 숫자여야 합니다")
        case .credentials:
            LocalizedText(
                "\(variable): write special characters of the user name and password as %XX, and % itself as %25",
                "\(variable): 사용자 이름과 비밀번호의 특수 문자는 %XX로, %는 %25로 쓰세요")
        }
    }
}

extension ProxyProblem: CustomStringConvertible {
    public var description: String { message.english }
}
