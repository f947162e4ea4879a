import IwinvCatalog

/// What kept a proxy from connecting us; nothing has left to the endpoint then.
public enum ProxyFailure: Sendable, Hashable {
    /// Its name cannot be resolved.
    case notFound
    case refusesConnections
    case unreachable
    /// No way through it in time.
    case timeout
    /// It ended the connection, or answered what no proxy answers.
    case lost
    /// It wants a login; whether it takes a name and password, and whether it was given one.
    case login(takesPassword: Bool, wasGiven: Bool)
    /// It does not let us through.
    case forbidden(status: Int?)
    /// It gets no connection to the endpoint.
    case noWay(status: Int?)
    /// It answered something else to the wish to be connected.
    case refused(status: Int)
    /// It is spoken to by TLS, and that failed.
    case tls(TLSFailure)

    /// What happened, with the proxy's host and port.
    func text(_ proxy: String, to host: String) -> LocalizedText {
        func status(_ number: Int?) -> String { number.map { " (HTTP \($0))" } ?? "" }
        return switch self {
        case .notFound:
            LocalizedText(
                "the name of the proxy \(proxy) cannot be resolved", "프록시 \(proxy)의 이름을 찾을 수 없습니다")
        case .refusesConnections:
            LocalizedText("the proxy \(proxy) refuses connections", "프록시 \(proxy)이(가) 연결을 거부합니다")
        case .unreachable:
            LocalizedText("the proxy \(proxy) cannot be reached", "프록시 \(proxy)에 연결할 수 없습니다")
        case .timeout:
            LocalizedText(
                "no connection to \(host) through the proxy \(proxy) in time",
                "프록시 \(proxy)을(를) 거쳐 \(host)에 제때 연결하지 못했습니다")
        case .lost:
            LocalizedText(
                "the proxy \(proxy) ended the connection before it was through to \(host)",
                "\(host)에 연결되기 전에 프록시 \(proxy)이(가) 연결을 끊었습니다")
        case .login(_, let wasGiven):
            wasGiven
                ? LocalizedText(
                    "the proxy \(proxy) does not accept the user name and password",
                    "프록시 \(proxy)이(가) 사용자 이름과 비밀번호를 받아들이지 않습니다")
                : LocalizedText("the proxy \(proxy) wants a login", "프록시 \(proxy)이(가) 로그인을 요구합니다")
        case .forbidden(let number):
            LocalizedText(
                "the proxy \(proxy) forbids connections to \(host)\(status(number))",
                "프록시 \(proxy)이(가) \(host)(으)로의 연결을 금지합니다\(status(number))")
        case .noWay(let number):
            LocalizedText(
                "the proxy \(proxy) gets no connection to \(host)\(status(number))",
                "프록시 \(proxy)이(가) \(host)에 연결하지 못합니다\(status(number))")
        case .refused(let number):
            LocalizedText(
                "the proxy \(proxy) does not connect to \(host)\(status(number))",
                "프록시 \(proxy)이(가) \(host)에 연결해 주지 않습니다\(status(number))")
        case .tls(let failure):
            LocalizedText("no secure connection to the proxy \(proxy): ", "프록시 \(proxy)과(와) 보안 연결을 할 수 없습니다: ")
                + failure.text
        }
    }

    /// What to do about it.
    var advice: LocalizedText {
        switch self {
        case .notFound, .refusesConnections, .unreachable, .refused, .lost, .timeout:
            LocalizedText(
                "check the proxy's address in HTTPS_PROXY or ALL_PROXY; hosts that need no proxy go into NO_PROXY",
                "HTTPS_PROXY 또는 ALL_PROXY의 프록시 주소를 확인하세요. 프록시가 필요 없는 호스트는 NO_PROXY에 넣으세요")
        case .login(takesPassword: false, _):
            LocalizedText(
                "it takes no name and password (Basic), which is all that iwlua can give: ask its administrator for such a login",
                "이 프록시는 iwlua가 지원하는 Basic 인증을 받지 않습니다. 프록시 관리자에게 Basic 인증 계정을 요청하세요")
        case .login:
            LocalizedText(
                "put name and password into the proxy's address: http://NAME:PASSWORD@HOST:PORT, special characters as %XX",
                "프록시 주소에 이름과 비밀번호를 넣으세요: http://NAME:PASSWORD@HOST:PORT (특수 문자는 %XX)")
        case .forbidden:
            LocalizedText(
                "ask the proxy's administrator to allow the endpoint, or name it in NO_PROXY if there is a way without",
                "프록시 관리자에게 이 엔드포인트의 허용을 요청하거나, 프록시 없이 갈 수 있으면 NO_PROXY에 넣으세요")
        case .noWay:
            LocalizedText(
                "check the endpoint; if it is right, ask the proxy's administrator",
                "엔드포인트를 확인하세요. 맞다면 프록시 관리자에게 문의하세요")
        case .tls(let failure):
            failure.advice ?? LocalizedText("ask the proxy's administrator", "프록시 관리자에게 문의하세요")
        }
    }

    /// Whether a second try may succeed.
    var isPassing: Bool {
        switch self {
        case .notFound, .refusesConnections, .unreachable, .timeout, .lost, .noWay: true
        case .login, .forbidden, .refused, .tls: false
        }
    }
}
