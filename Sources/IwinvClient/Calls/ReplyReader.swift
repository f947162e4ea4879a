import Clocks
import IwinvCatalog
import IwinvWire

/// Turns what came back, or did not, into a ``CloudReply`` or a `CloudError`.
struct ReplyReader {
    let operation: CloudOperation
    let arguments: Arguments
    /// Which page of a list was asked for.
    let page: Int?
    let endpoint: Endpoint
    /// When the reply came.
    let now: Instant

    /// - Throws: `CloudError` for everything that is not a success.
    func read(_ reply: TransportReply) throws(CloudError) -> CloudReply {
        if (300..<400).contains(reply.status) { throw redirect(reply) }
        let envelope: Envelope
        do {
            envelope = try Envelope(status: reply.status, body: reply.body)
        } catch {
            throw problem(error, reply)
        }
        if envelope.isSuccess, reply.status != 429 { return try success(envelope) }
        if saysEmpty(envelope) { return CloudReply(rows: [], status: envelope.status, count: 0) }
        throw refusal(envelope, reply)
    }

    /// Whether a refusal only says that there is nothing: `EMPTY_SET` on the first page of bills, and the 404 of user
    /// scripts for callers that ask for it (CONTRACT 3.6, 3.8).
    private func saysEmpty(_ envelope: Envelope) -> Bool {
        if operation.paging?.emptyIsRefused == true, envelope.errorCode == .emptySet { return (page ?? 1) == 1 }
        return operation.absence == .notFound && envelope.status == 404 && !envelope.isBusy
            && arguments["missing_is_empty"]?.booleanValue == true
    }

    private func success(_ envelope: Envelope) throws(CloudError) -> CloudReply {
        let rows = HTMLText.unescaping(envelope.rows, of: operation.row)
        if !operation.effect.isChange {
            if case .rows = operation.result, envelope.result.arrayValue == nil, envelope.result.objectValue == nil {
                throw network(
                    "\(endpoint.authority) answered a list without rows, not even none", status: envelope.status)
            }
            if envelope.result.stringValue != nil {
                throw network("\(endpoint.authority) answered a text in place of rows", status: envelope.status)
            }
            if rows.isEmpty, operation.subject != nil, case .single(let type) = operation.result {
                // Only a list without a row says that there is none.
                guard envelope.result.arrayValue != nil else {
                    throw network("\(endpoint.authority) answered without a row", status: envelope.status)
                }
                throw absent(type, envelope.status)
            }
        }
        try checkShape(of: rows, envelope.status)
        try checkTarget(of: rows, envelope.status)
        return CloudReply(
            rows: rows, status: envelope.status, count: envelope.count, pageNumber: envelope.pageNumber,
            pageSize: envelope.pageSize, total: envelope.total)
    }

    /// Rows that are no objects, rows of a list without the identifier that every row has, and integers that are beyond what
    /// a script can hold: nothing can be done with them. A creation that does not say what it made can still be looked for.
    private func checkShape(of rows: [JSONValue], _ status: Int) throws(CloudError) {
        let host = endpoint.authority
        for row in rows {
            guard let members = row.objectValue else {
                throw network("\(host) answered \(row.kindWithArticle) among the rows", status: status)
            }
            for field in operation.row?.fields ?? [] where members[field.name]?.hasHugeInteger ?? false {
                throw network(
                    "\(host) answered a row whose `\(field.name)` is an integer of more than 64 bits", status: status)
            }
        }
        guard case .rows(let type) = operation.result, let key = type.key else { return }
        if rows.contains(where: { $0[key]?.identifierText == nil }) {
            throw network("\(host) answered a row without its `\(key)`", status: status)
        }
        if rows.isEmpty, operation.effect == .create {
            throw network("\(host) answered a creation without saying what it made", status: status)
        }
    }

    /// A reply about another resource than the one that was asked about, or about several, is no answer. After a change it
    /// proves nothing: the change may have been made, or not.
    private func checkTarget(of rows: [JSONValue], _ status: Int) throws(CloudError) {
        guard let key = operation.target?.name, let asked = arguments[key]?.identifierText else { return }
        let named = rows.map { $0[key]?.identifierText }
        switch operation.result {
        case .single(let type) where type.key == key:
            guard named.count > 1 || named.contains(where: { $0 != asked && ($0 != nil || isAskedFor(key, type)) })
            else {
                return
            }
        // What else stands in an acknowledgement is not known.
        case .acknowledgement(let type) where type.key == key:
            guard named.contains(where: { $0 != nil && $0 != asked }) else { return }
        default: return
        }
        let answered = named.prefix(3).map { $0.map { CloudText.cleaned($0, limit: 60) } ?? "?" }
        throw network(
            "\(endpoint.authority) was asked about \(asked) and answered about \(answered.joined(separator: ", "))",
            status: status)
    }

    /// Whether the rows of an answer must have the field.
    private func isAskedFor(_ field: String, _ type: RowType) -> Bool {
        guard let bit = type.field(field)?.bit, operation.parameter("fields") != nil else { return true }
        return (arguments["fields"]?.integerValue ?? operation.defaultFields ?? bit) & bit != 0
    }

    private func absent(_ type: RowType, _ status: Int) -> CloudError {
        let subject = operation.subject.flatMap { arguments[$0.name]?.stringValue } ?? ""
        return CloudError(
            .api, "no such \(type.name.lowercased()): \(subject)", operation: operation.name, status: status,
            outcome: .refused)
    }

    // MARK: The cloud says no

    private func refusal(_ envelope: Envelope, _ reply: TransportReply) -> CloudError {
        let code = envelope.errorCode
        var text = CloudText.cleaned(envelope.text, limit: 300)
        if text.isEmpty || text == code.rawValue {
            text =
                code == .success
                ? "the reply says yes and no at once" : code.entry?.meaning.english ?? "the cloud refused the request"
        }
        let isOverloaded = envelope.status == 429
        let isServerFault = envelope.status >= 500 && code != .backendRefused
        var error = CloudError(
            .api, text, operation: operation.name, status: envelope.status,
            code: envelope.code.isEmpty ? nil : CloudText.cleaned(envelope.code, limit: 20),
            errorCode: code.rawValue.isEmpty ? nil : ErrorCode(rawValue: CloudText.cleaned(code.rawValue, limit: 60)),
            outcome: outcome(of: envelope),
            isRetryable: isOverloaded || isServerFault || envelope.isBusy,
            retryAfter: retryAfter(reply))
        error.mayStillCome = Self.isOfGateway(envelope.status)
        error.advice = Advice.text(for: error, skew: skew(reply))
        return error
    }

    /// Whether something on the way answered that has waited for the cloud, or lost it.
    private static func isOfGateway(_ status: Int?) -> Bool { status == 502 || status == 504 }

    /// What a refusal says about a change: a server fault leaves open whether it was made.
    private func outcome(of envelope: Envelope) -> Outcome {
        guard operation.effect.isChange else { return .refused }
        switch envelope.status {
        case 400..<500: return .refused
        case 500...: return envelope.errorCode == .backendRefused ? .refused : .unknown
        default:
            return envelope.errorCode == .success || envelope.errorCode.rawValue.isEmpty ? .unknown : .refused
        }
    }

    // MARK: No usable answer

    private func problem(_ problem: EnvelopeProblem, _ reply: TransportReply) -> CloudError {
        if [401, 429].contains(problem.status) || problem.isValidation {
            var error = CloudError(
                .api, refusalText(problem), operation: operation.name, status: problem.status, outcome: .refused,
                isRetryable: problem.status == 429, retryAfter: retryAfter(reply))
            error.advice = Advice.text(for: error, skew: skew(reply))
            return error
        }
        let host = endpoint.authority
        if problem.status == 407 {
            var error = network("a proxy on the way to \(host) wants a login", status: 407)
            error.korean = "\(host)(으)로 가는 길의 프록시가 로그인을 요구합니다"
            error.advice = ProxyFailure.login(takesPassword: true, wasGiven: false).advice
            return error
        }
        let excerpt = problem.excerpt.isEmpty ? "" : " (“\(problem.excerpt)”)"
        let isServerFault = problem.status >= 500
        return switch problem.kind {
        case .html:
            network(
                "\(host) answered with a web page (HTML)\(excerpt) instead of data; a proxy may stand in between",
                status: problem.status, isRetryable: isServerFault)
        case .empty:
            network("\(host) answered with an empty body", status: problem.status, isRetryable: isServerFault)
        case .truncatedJSON:
            network(
                "the reply of \(host) is cut off: its JSON ends in the middle", status: problem.status,
                isRetryable: true)
        case .compressed: failure(TransportProblem(.encodedReply, mayHaveLeft: true))
        case .validation, .other:
            network(
                "\(host) answered something that is not this API's format\(excerpt)", status: problem.status,
                isRetryable: isServerFault)
        }
    }

    private func refusalText(_ problem: EnvelopeProblem) -> String {
        if case .validation(let texts) = problem.kind {
            return CloudText.cleaned(texts.joined(separator: "; "), limit: 300)
        }
        return problem.status == 429 ? "too many requests" : "the cloud does not accept the key or signature"
    }

    private func redirect(_ reply: TransportReply) -> CloudError {
        let target = reply.location.flatMap(Self.host(of:)).map { " to \($0)" } ?? ""
        return network(
            "\(endpoint.authority) redirects\(target); redirects are refused, so that signed requests go nowhere else",
            status: reply.status)
    }

    /// No reply at all.
    func failure(_ problem: TransportProblem) -> CloudError {
        let text = problem.text(of: endpoint.authority)
        var error = network(text.english, status: nil, isRetryable: problem.isPassing)
        error.korean = text.korean
        if problem.kind == .cancelled { error.kind = .cancelled }
        error.mayStillCome = problem.kind == .timeout || problem.kind == .replyCutShort
        if !problem.mayHaveLeft {
            error.outcome = .notSent
            error.advice = nil
        }
        error.advice = problem.advice ?? error.advice
        return error
    }

    private func network(_ text: String, status: Int?, isRetryable: Bool = false) -> CloudError {
        var error = CloudError(
            .network, text, operation: operation.name, status: status,
            advice: operation.effect.isChange ? Advice.lookFirst : nil,
            outcome: operation.effect.isChange ? .unknown : .notSent, isRetryable: isRetryable)
        error.mayStillCome = Self.isOfGateway(status)
        return error
    }

    // MARK: Headers

    func retryAfter(_ reply: TransportReply) -> Duration? {
        guard let text = reply.retryAfter else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return .seconds(min(seconds, 1 << 31)) }
        guard let then = HTTPDate.parse(text) else { return nil }
        return max(.zero, then - (reply.date.flatMap(HTTPDate.parse) ?? now))
    }

    /// How far this machine's clock is ahead of the cloud's.
    func skew(_ reply: TransportReply) -> Duration? {
        reply.date.flatMap(HTTPDate.parse).map { now - $0 }
    }

    private static func host(of location: String) -> String? {
        guard let start = location.firstRange(of: "//")?.upperBound else { return nil }
        let authority = location[start...].prefix { !"/?#\\".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let text = CloudText.cleaned(String(host), limit: 100)
        return text.isEmpty ? nil : text
    }
}

extension EnvelopeProblem {
    fileprivate var isValidation: Bool {
        if case .validation = kind { (400..<500).contains(status) } else { false }
    }
}

extension JSONValue {
    /// Whether it has, at any depth, a number beyond the integers of 64 bits: no field of this API is anywhere near.
    fileprivate var hasHugeInteger: Bool {
        switch self {
        case .number(let number): abs(number) >= 0x1p63
        case .array(let elements): elements.contains(where: \.hasHugeInteger)
        case .object(let members): members.values.contains(where: \.hasHugeInteger)
        case .null, .boolean, .integer, .string: false
        }
    }
}
