import IwinvCatalog
import IwinvClient
import Testing

@Suite struct ProxySettingsTests {
    private func route(_ environment: [String: String], to endpoint: String = "https://api-kr.iwinv.kr") throws
        -> ProxyRoute
    {
        try ProxySettings(environment: environment).route(to: Endpoint(validating: endpoint))
    }

    private func via(_ route: ProxyRoute) -> String? {
        if case .proxy(let address, let variable) = route { "\(address) \(variable)" } else { nil }
    }

    @Test(arguments: [
        (["HTTPS_PROXY": "http://p:1"], "http://p:1 HTTPS_PROXY"),
        (["https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:1"], "http://p:1 https_proxy"),
        (["https_proxy": "", "HTTPS_PROXY": "http://q:1"], "http://q:1 HTTPS_PROXY"),
        (["HTTPS_PROXY": " ", "ALL_PROXY": "http://q:1"], "http://q:1 ALL_PROXY"),
        (["all_proxy": "socks5h://p"], "socks5h://p:1080 all_proxy"),
        (["HTTPS_PROXY": "http://p:1", "ALL_PROXY": "http://q:1"], "http://p:1 HTTPS_PROXY"),
        (["HTTPS_PROXY": "proxy.corp:3128"], "http://proxy.corp:3128 HTTPS_PROXY"),
        (["HTTPS_PROXY": "http://Proxy_1.corp/"], "http://proxy_1.corp:80 HTTPS_PROXY"),
        (["HTTPS_PROXY": "https://p"], "https://p:443 HTTPS_PROXY"),
        (["HTTPS_PROXY": "SOCKS5://[::1]:9\n"], "socks5://[::1]:9 HTTPS_PROXY"),
        (["HTTPS_PROXY": "http://u:p%40:w@h:1"], "http://h:1 HTTPS_PROXY"),
        (["HTTPS_PROXY": "u@x:p@h:1"], "http://h:1 HTTPS_PROXY"),
        // An exception that covers something else.
        (["HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.kr, kr.iwinv.kr"], "http://p:1 HTTPS_PROXY"),
    ])
    func `a variable names the proxy`(_ environment: [String: String], _ expected: String) throws {
        #expect(try via(route(environment)) == expected)
    }

    @Test func `without a proxy for https there is none`() throws {
        #expect(try route([:]) == .direct(.noneNamed))
        #expect(try route(["NO_PROXY": "*"]) == .direct(.noneNamed))
        #expect(try route(["http_proxy": "http://p:1"]) == .direct(.isForPlainHTTP(unused: "http_proxy")))
        #expect(try ProxySettings.none.route(to: .iwinv) == .direct(.noneNamed))
    }

    @Test(arguments: ["http://127.0.0.1:8400", "https://127.3.2.1", "https://localhost:1", "http://[::1]:1"])
    func `this machine is reached without`(_ endpoint: String) throws {
        // Nor is an address read that is not needed.
        for value in ["http://p:1", "not an address"] {
            #expect(
                try route(["HTTPS_PROXY": value], to: endpoint) == .direct(.isThisMachine(unused: "HTTPS_PROXY")))
        }
    }

    @Test(arguments: [
        ("*", "https://a.kr", true), ("a.kr", "https://a.kr", true), ("A.KR", "https://a.kr", true),
        ("a.kr", "https://b.a.kr", true), ("a.kr", "https://ba.kr", false), (".a.kr", "https://a.kr", true),
        (".a.kr", "https://b.a.kr", true), ("*.a.kr", "https://b.a.kr", true), ("b.a.kr", "https://a.kr", false),
        ("a.kr.", "https://a.kr", true), ("a.kr", "https://a.kr.", true), ("x,a.kr", "https://a.kr", true),
        ("x a.kr\ty", "https://a.kr", true), (" , ,", "https://a.kr", false), (".", "https://a.kr", false),
        ("a.kr:443", "https://a.kr", true), ("a.kr:8443", "https://a.kr", false),
        ("a.kr:8443", "https://b.a.kr:8443", true), ("*:8443", "https://a.kr:8443", true),
        ("a.kr:", "https://a.kr", false),
        ("10.0.0.1", "https://10.0.0.1", true), ("10.0.0.1", "https://10.0.0.11", false),
        ("0.0.1", "https://10.0.0.1", false), (".0.0.1", "https://10.0.0.1", false),
        ("10.0.0.0/8", "https://10.9.9.9", true), ("10.0.0.0/8", "https://11.0.0.1", false),
        ("10.128.0.0/9", "https://10.127.0.1", false), ("10.0.0.0/33", "https://10.0.0.0", false),
        ("0.0.0.0/0", "https://11.0.0.1", true), ("10.0.0.0/8", "https://a.kr", false),
        ("10.0.0.0/8", "https://[::1:2]", false), ("/8", "https://10.0.0.1", false),
        ("10.0.0.1:443", "https://10.0.0.1", true), ("10.0.0.1:1", "https://10.0.0.1", false),
        ("fd00::1", "https://[fd00:0::0:1]", true), ("[fd00::1]", "https://[fd00::1]", true),
        ("[fd00::1]:443", "https://[fd00::1]", true), ("[fd00::1]:1", "https://[fd00::1]", false),
        ("fd00::/8", "https://[fdff::1]", true), ("fd00::/8", "https://[fe00::1]", false),
    ])
    func `exceptions are reached without`(_ exceptions: String, _ endpoint: String, _ isCovered: Bool) throws {
        let route = try route(["ALL_PROXY": "http://p:1", "no_proxy": exceptions], to: endpoint)
        if isCovered {
            guard case .direct(.isExcepted(unused: "ALL_PROXY", by: "no_proxy", let entry)) = route else {
                Issue.record("\(route)")
                return
            }
            #expect(exceptions.contains(entry))
        } else {
            #expect(via(route) == "http://p:1 ALL_PROXY")
        }
    }

    @Test(arguments: [
        ("ftp://u:hunter2@p", ProxyProblem.Reason.scheme), ("hunter2://p", .scheme), ("u:hunter2://x@p", .scheme),
        ("http://u:hunter2@", .malformed), ("http://u:hunter2@p q", .malformed), ("http://hunter2/path", .malformed),
        ("http://u:hunter2@p:1?x", .port), ("http://u:hunter2@p:0", .port), ("http://u:hunter2@p:65536", .port),
        ("http://u:hunter2/@p:x", .credentials), ("http//u:hunter2@p", .malformed), ("http:/u:hunter2@p", .malformed),
        ("http://u:hunter2%@p:1", .credentials),
        ("http://u:hunter2%0d%0aX@p:1", .credentials), ("http://u:hunter2%00@p:1", .credentials),
        ("http://u:hunter2%ff@p:1", .credentials), ("http://hunter2한국:1", .malformed),
    ])
    func `what is no address is refused, and not repeated`(_ value: String, _ reason: ProxyProblem.Reason) throws {
        let problem = try #require(throws: ProxyProblem.self) { try route(["https_proxy": value]) }
        #expect(problem.reason == reason && problem.variable == "https_proxy")
        for text in [problem.message.english, problem.message.korean, "\(problem)", String(reflecting: problem)] {
            #expect(text.contains("https_proxy") && !text.contains("hunter2"))
        }
    }

    @Test func `nothing that is printed of them has a user or a password`() throws {
        let settings = ProxySettings(environment: ["HTTPS_PROXY": "http://someone:hunter2@p:1", "NO_PROXY": "a"])
        let route = try settings.route(to: .iwinv)
        var dumped = ""
        dump(settings, to: &dumped)
        dump(route, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), "\(route)", String(reflecting: route), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("someone"))
        }
        #expect("\(settings)" == "ProxySettings(HTTPS_PROXY, NO_PROXY)")
    }

    @Test func `a program names one itself`() throws {
        let settings = ProxySettings(proxy: "http://p:1", exceptions: "a.kr")
        #expect(try via(settings.route(to: .iwinv)) == "http://p:1 proxy")
        #expect(
            try settings.route(to: Endpoint(validating: "https://a.kr"))
                == .direct(.isExcepted(unused: "proxy", by: "exceptions", entry: "a.kr")))
    }
}
