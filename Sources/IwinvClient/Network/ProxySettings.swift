/// Which proxy requests go through, as the environment or an embedder says.
///
/// ```swift
/// var configuration = ClientConfiguration(credential: credential)
/// configuration.proxy = ProxySettings(environment: ProcessInfo.processInfo.environment)
/// ```
///
/// ``route(to:)`` decides, and nothing else does. What is printed of a value holds no user name and no password.
public struct ProxySettings: Sendable, Hashable {
    /// A text, and where it was found.
    private struct Entry: Sendable, Hashable {
        var source: String
        var text: String
    }

    private var proxy: Entry?
    private var exceptions: Entry?
    /// The variable of a proxy for plain HTTP, which nothing is sent by.
    private var plain: String?

    /// No proxy.
    public static let none = ProxySettings()

    private init() {}

    /// A proxy that the program itself names.
    ///
    /// - Parameters:
    ///   - proxy: `http://user:password@proxy.example.com:3128`; also `https://`, `socks5://` (this machine resolves names) and
    ///     `socks5h://` (the proxy does). Read by ``route(to:)``.
    ///   - exceptions: Hosts that are reached without it, written like `NO_PROXY`.
    public init(proxy: String, exceptions: String = "") {
        self.proxy = Entry(source: "proxy", text: proxy)
        self.exceptions = Entry(source: "exceptions", text: exceptions)
    }

    /// What `HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY` say. As for curl, the lower-case name wins and an empty value is none.
    public init(environment: [String: String]) {
        plain = ["http_proxy", "HTTP_PROXY"].first { environment[$0].map { !$0.isEmpty } ?? false }
        func entry(_ name: String) -> Entry? {
            for source in [name.lowercased(), name] {
                let text = String((environment[source] ?? "").trimmed)
                if !text.isEmpty { return Entry(source: source, text: text) }
            }
            return nil
        }
        proxy = entry("HTTPS_PROXY") ?? entry("ALL_PROXY")
        exceptions = entry("NO_PROXY")
    }

    /// How requests reach an endpoint. This machine itself is never reached through a proxy.
    ///
    /// - Throws: ``ProxyProblem`` if a proxy would be used whose address cannot be read.
    public func route(to endpoint: Endpoint) throws(ProxyProblem) -> ProxyRoute {
        guard let proxy else { return .direct(plain.map { .isForPlainHTTP(unused: $0) } ?? .noneNamed) }
        // Plain http:// is for this machine only (``Endpoint``), so that it is covered, too.
        if endpoint.isLoopback { return .direct(.isThisMachine(unused: proxy.source)) }
        if let exceptions, let entry = ProxyExceptions(exceptions.text).entry(for: endpoint) {
            return .direct(.isExcepted(unused: proxy.source, by: exceptions.source, entry: entry))
        }
        return .proxy(try ProxyAddress(proxy.text, from: proxy.source), by: proxy.source)
    }
}

/// How requests reach an endpoint.
public enum ProxyRoute: Sendable, Hashable {
    /// Through a proxy; `by` is the variable that names it.
    case proxy(ProxyAddress, by: String)
    case direct(Reason)

    /// Why no proxy is used.
    public enum Reason: Sendable, Hashable {
        /// No variable names one.
        case noneNamed
        /// Only one for plain HTTP is named, which requests are not sent by.
        case isForPlainHTTP(unused: String)
        /// The endpoint is on this machine; `unused` is the variable that would name a proxy.
        case isThisMachine(unused: String)
        /// An entry of the exceptions covers the endpoint.
        case isExcepted(unused: String, by: String, entry: String)
    }
}

extension ProxySettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where the values were found, and not what they are.
    public var description: String {
        "ProxySettings(\([proxy?.source, exceptions?.source].compactMap(\.self).joined(separator: ", ")))"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension StringProtocol {
    /// Without blanks at its ends.
    var trimmed: SubSequence {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start[start.endIndex...] }
        return start[...last]
    }
}
