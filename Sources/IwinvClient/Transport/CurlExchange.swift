import CCurl
import Glibc
import IwinvCatalog
import IwinvWire
import Synchronization

/// One request on its way through ``CurlLoop``.
///
/// Unchecked: what is not constant, atomic or locked belongs to the loop's thread.
final class CurlExchange: @unchecked Sendable {
    typealias Result = Swift.Result<TransportReply, TransportProblem>

    let endpoint: Endpoint
    private let proxy: ProxyAddress?
    let deadline: ContinuousClock.Instant
    let isCancelled = Atomic(false)
    /// Taken by the one who answers.
    let continuation = Mutex<CheckedContinuation<Result, Never>?>(nil)

    private let request: WireRequest
    private let headers: [(String, String)]
    private let limit: Int

    private(set) var handle: OpaquePointer?
    private var head = ReplyHead()
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(
        _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, through proxy: ProxyAddress?,
        limits: TransportLimits
    ) {
        self.proxy = proxy
        self.request = request
        self.headers = headers
        self.endpoint = endpoint
        limit = limits.maximumReplyBytes
        deadline = .now + limits.timeout
    }

    /// Whether a byte may have left.
    var hasBegun: Bool { handle.map { ccurl_has_begun($0) } ?? false }

    // MARK: - The loop's thread

    func start(on connections: OpaquePointer, connectMilliseconds: Int, authorities: [UInt8]?) {
        var receiver = ccurl_receiver()
        receiver.context = Unmanaged.passUnretained(self).toOpaque()
        receiver.head = { context, bytes, count in
            CurlExchange.of(context)?.head.read(UnsafeBufferPointer(start: bytes, count: count))
        }
        receiver.body = { context, bytes, count in
            CurlExchange.of(context)?.take(UnsafeBufferPointer(start: bytes, count: count)) ?? false
        }
        // A change without a body says that its length is zero (CONTRACT 1.7).
        let hasBody = request.contentType != nil || request.method == .post || request.method == .put
        let fields = [
            request.method.rawValue, endpoint.description, request.target, proxy?.description, proxy?.user,
            proxy?.password,
        ]
        handle = withStrings(fields) { fields in
            withStrings(lines) { lines in
                (request.body + [0]).withUnsafeBufferPointer { body in
                    withOptionalBytes(authorities) { authorities, length in
                        var wish = ccurl_request()
                        wish.method = fields[0]
                        wish.origin = fields[1]
                        wish.target = fields[2]
                        wish.proxy = fields[3]
                        wish.proxy_user = fields[4]
                        wish.proxy_password = fields[5]
                        wish.headers = lines
                        wish.body = hasBody ? body.baseAddress : nil
                        wish.body_length = body.count - 1
                        wish.connect_milliseconds = connectMilliseconds
                        wish.maximum_reply = Int64(limit)
                        wish.authorities = authorities
                        wish.authorities_length = length
                        return ccurl_start(connections, &wish, &receiver)
                    }
                }
            }
        }
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> CurlExchange? {
        context.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Gives the connection back, or closes it if the exchange has not ended.
    func end(on connections: OpaquePointer) {
        if let handle { ccurl_end(connections, handle) }
        handle = nil
    }

    func answer(_ result: Result) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: result)
    }

    /// What an exchange comes to that libcurl has ended with that code.
    func result(code: Int32) -> Result {
        guard let handle else { return .failure(TransportProblem(.cancelled, mayHaveLeft: false)) }
        let meaning = ccurl_meaning_of(code)
        if meaning == CCURL_DONE {
            return .success(
                TransportReply(
                    status: Int(ccurl_status(handle)), body: body, retryAfter: head.retryAfter, date: head.date,
                    location: head.location))
        }
        if ccurl_was_repeated(handle) { return .failure(TransportProblem(.connectionLost, mayHaveLeft: true)) }
        let cause = CurlCause(handle, meaning: meaning, words: String(cString: ccurl_words(code)), proxy: proxy)
        let kind = isTooLarge ? .replyTooLarge(limit: limit) : cause.kind(limit: limit, hasHead: head.isOver)
        return .failure(TransportProblem(kind, mayHaveLeft: hasBegun))
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard body.count + bytes.count <= limit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// What libcurl would add by itself and nobody has asked for is taken away.
    private var lines: [String] {
        var lines = headers.map { $0.1.isEmpty ? "\($0.0);" : "\($0.0): \($0.1)" }
        if let contentType = request.contentType { lines.append("Content-Type: \(contentType)") }
        let names = Set(headers.map { $0.0.lowercased() } + (request.contentType == nil ? [] : ["content-type"]))
        for name in ["Accept", "Accept-Encoding", "Content-Type", "Expect"] where !names.contains(name.lowercased()) {
            lines.append("\(name):")
        }
        return lines
    }
}

/// C strings that end with NULL, for the time of a call; NULL for nil.
private func withStrings<Value>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let strings = texts.map { text in text.map { strdup($0) } ?? nil }
    defer { for string in strings { free(string) } }
    let pointers = strings.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { pointers in
        guard let first = pointers.baseAddress else { preconditionFailure("an array of one element has an address") }
        return body(first)
    }
}

private func withOptionalBytes<Value>(
    _ bytes: [UInt8]?, _ body: (UnsafePointer<UInt8>?, Int) -> Value
) -> Value {
    guard let bytes else { return body(nil, 0) }
    return bytes.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
}
