import Clocks
import IwinvCatalog
import IwinvWire
import Synchronization

/// Speaks the older firewall family (`/v1/firewall`) for callers that speak the newer one (CONTRACT 3.9).
///
/// There an edit replaces all rules. So every change of a rule reads the whole set just before it sends the whole set
/// anew, one change of a firewall at a time, also among the processes of this machine (``ClientConfiguration/lockFolder``).
/// A rule that is named by its number is changed only if the set is what this client last saw: a change gives numbers
/// anew, and the same one may mean another rule.
struct OlderFirewalls {
    let client: IwinvClient
    let hooks: CallHooks

    /// Performs an operation of the newer family.
    func perform(
        _ operation: CloudOperation, _ arguments: Arguments, page: PageRequest?
    ) async throws(CloudError) -> CloudReply {
        do {
            return try await translated(operation, arguments, page: page)
        } catch {
            var error =
                error as? CloudError
                ?? (error is CancellationError
                    ? .cancelledBeforeSending()
                    : CloudError(.limit, "\(error)"))
            error.operation = operation.name
            throw error
        }
    }

    private func translated(
        _ operation: CloudOperation, _ arguments: Arguments, page: PageRequest?
    ) async throws -> CloudReply {
        switch operation.name.description {
        case "firewall.list", "firewall.get":
            return withoutRules(try await send(operation.name.verb, arguments.values, page: page))
        case "firewall.create":
            // The set is always said: nothing is left to what the cloud makes of its absence.
            return withoutRules(
                try await send("create", arguments.values.merging(["rules": []]) { $1 }))
        case "firewall.delete", "firewall.attach", "firewall.detach":
            return try await send(operation.name.verb, arguments.values)
        case "firewall.rules.list":
            let (firewall, reply) = try await current(arguments)
            client.ruleSets.saw(firewall)
            return CloudReply(rows: firewall.rules, status: reply.status, count: firewall.rules.count)
        case "firewall.edit":
            return try await replacing(arguments) { firewall in
                for name in ["title", "content", "icmp"] {
                    if let value = arguments[name] { firewall.head[name] = value }
                }
                return nil
            }
        case "firewall.rules.add":
            return try await replacing(arguments) { firewall throws(CloudError) in
                let rule = Self.rule(arguments)
                guard !firewall.rules.contains(where: { Self.tuple($0) == Self.tuple(rule) }) else {
                    throw CloudError(
                        .api, LocalizedText("the firewall has an equal rule", "방화벽에 같은 규칙이 이미 있습니다"),
                        errorCode: .checkParameter)
                }
                firewall.rules.append(rule)
                return rule
            }
        case "firewall.rules.edit":
            return try await replacing(arguments, isByNumber: true) { firewall throws(CloudError) in
                let index = try Self.index(arguments, in: firewall)
                firewall.rules[index] = Self.merged(firewall.rules[index], Self.rule(arguments))
                return firewall.rules[index]
            }
        case "firewall.rules.remove":
            return try await replacing(arguments, isByNumber: true) { firewall throws(CloudError) in
                firewall.rules.remove(at: try Self.index(arguments, in: firewall))
                return nil
            }
        default:
            throw CloudError(
                .invalid, LocalizedText("the older firewall family has no such request", "이전 방화벽 API에는 이런 요청이 없습니다"),
                operation: operation.name,
                advice: LocalizedText(
                    "use a profile with `firewall_api: security-groups`",
                    "프로필에 `firewall_api: security-groups`를 설정하세요"))
        }
    }

    /// Reads the set, changes it, sends it.
    ///
    /// - Parameter change: Returns the rule whose row is the answer; nil for the firewall itself.
    private func replacing(
        _ arguments: Arguments, isByNumber: Bool = false,
        _ change: @escaping (inout Firewall) throws(CloudError) -> JSONValue?
    ) async throws -> CloudReply {
        let id = arguments["firewall_id"]?.stringValue ?? ""
        let place = client.configuration.lockFolder.map { folder in
            "\(folder)/\(client.configuration.credential.fingerprint)-\(id).lock"
        }
        return try await client.ruleSets.lock.withLock(id) {
            guard let place else { return try await replace(arguments, isByNumber: isByNumber, change) }
            return try await FileLock(path: place).withLock(client.clock) {
                try await replace(arguments, isByNumber: isByNumber, change)
            }
        }
    }

    private func replace(
        _ arguments: Arguments, isByNumber: Bool, _ change: (inout Firewall) throws(CloudError) -> JSONValue?
    ) async throws -> CloudReply {
        var (firewall, _) = try await current(arguments)
        if isByNumber { try client.ruleSets.compare(firewall) }
        let rule = try change(&firewall)
        var body = firewall.head.filter { ["firewall_id", "title", "content", "icmp"].contains($0.key) }
        // A missing text is left out: sent empty it would be refused or do damage (CONTRACT 3.9).
        if body["content"]?.stringValue?.isEmpty ?? true { body["content"] = nil }
        body["rules"] = .array(firewall.rules.map(Self.withoutNumber))
        let reply = try await send("edit", body)
        let answered = reply.rows.first.flatMap(Firewall.init(row:))
        client.ruleSets.saw(answered ?? firewall)
        guard let rule else { return withoutRules(reply) }
        let row = (answered ?? firewall).rules.first { Self.tuple($0) == Self.tuple(rule) }
        return CloudReply(rows: row.map { [$0] } ?? [], status: reply.status)
    }

    private func current(_ arguments: Arguments) async throws -> (Firewall, CloudReply) {
        let id = arguments["firewall_id"] ?? ""
        let reply = try await send("get", ["firewall_id": id])
        guard let row = reply.rows.first, let firewall = Firewall(row: row) else {
            throw CloudError(
                .network,
                LocalizedText(
                    "the firewall came without its rules, so they cannot be changed safely",
                    "방화벽이 규칙 없이 조회되어 안전하게 바꿀 수 없습니다"))
        }
        return (firewall, reply)
    }

    private func send(
        _ verb: String, _ values: [String: JSONValue], page: PageRequest? = nil
    ) async throws -> CloudReply {
        let name = OperationName(resource: "firewall", verb: verb)
        guard let operation = client.catalog[name, .firewall] else {
            preconditionFailure("the older firewall family has no `\(name)`")
        }
        let known = values.filter { operation.parameter($0.key) != nil }
        do {
            // Texts that the cloud holds need not be ones that a caller may send.
            let arguments = try Arguments(known, for: operation, on: .server)
            return try await client.exchange(operation, arguments, page: page, hooks: hooks)
        } catch let problem as ArgumentProblem {
            throw CloudError(.invalid, problem.sentence)
        }
    }

    private func withoutRules(_ reply: CloudReply) -> CloudReply {
        var reply = reply
        reply.rows = reply.rows.map { row in
            .object((row.objectValue ?? [:]).filter { $0.key != "rules" })
        }
        return reply
    }

    // MARK: Rules

    private static let ruleKeys = ["bound", "protocol", "port", "ip", "title", "content"]

    private static func rule(_ arguments: Arguments) -> JSONValue {
        .object(arguments.values.filter { ruleKeys.contains($0.key) })
    }

    private static func merged(_ rule: JSONValue, _ change: JSONValue) -> JSONValue {
        .object((rule.objectValue ?? [:]).merging(change.objectValue ?? [:]) { $1 })
    }

    private static func withoutNumber(_ rule: JSONValue) -> JSONValue {
        .object((rule.objectValue ?? [:]).filter { ruleKeys.contains($0.key) && !$0.value.isNull })
    }

    /// What makes two rules exact duplicates (CONTRACT 3.9); a text that is empty is none.
    private static func tuple(_ rule: JSONValue) -> [JSONValue] {
        ruleKeys.map { key in
            let value = rule[key] ?? .null
            return value == "" ? .null : value
        }
    }

    private static func index(_ arguments: Arguments, in firewall: Firewall) throws(CloudError) -> Int {
        guard let index = firewall.rules.firstIndex(where: { $0["rule_id"] == arguments["rule_id"] }) else {
            throw CloudError(
                .api,
                LocalizedText(
                    "the firewall has no such rule; in this family a change may give rules new numbers",
                    "방화벽에 그런 규칙이 없습니다. 이 API에서는 변경하면 규칙 번호가 바뀔 수 있습니다"),
                status: 400, errorCode: .invalidIdentifier, outcome: .refused)
        }
        return index
    }
}

/// A firewall with its rules, as the older family answers it.
struct Firewall: Hashable {
    var head: [String: JSONValue]
    var rules: [JSONValue]

    /// Nil if the answer has no rules.
    init?(row: JSONValue) {
        guard var members = row.objectValue, let rules = members.removeValue(forKey: "rules")?.arrayValue else {
            return nil
        }
        head = members
        self.rules = rules
    }

    var id: String { head["firewall_id"]?.stringValue ?? "" }
}

/// The rule sets that a client last saw, and turns in changing them.
final class RuleSets: Sendable {
    let lock: KeyedLock
    private let seen = Mutex<[String: [JSONValue]]>([:])

    init(clock: any HostClock) {
        lock = KeyedLock(clock: clock)
    }

    func saw(_ firewall: Firewall) {
        seen.withLock { $0[firewall.id] = firewall.rules }
    }

    /// - Throws: `CloudError` if this client last saw other rules: somebody changed them since.
    func compare(_ firewall: Firewall) throws(CloudError) {
        let isChanged = seen.withLock { seen in
            let last = seen[firewall.id]
            // Told once; whoever reads the rules anew may go on.
            if last != firewall.rules { seen[firewall.id] = nil }
            return last.map { $0 != firewall.rules } ?? false
        }
        guard isChanged else { return }
        throw CloudError(
            .api,
            LocalizedText(
                "somebody else changed the rules of this firewall since they were read; nothing was sent",
                "조회한 뒤 다른 곳에서 이 방화벽의 규칙을 바꾸었습니다. 아무것도 보내지 않았습니다"),
            advice: LocalizedText("list the rules again, then repeat", "규칙을 다시 조회한 뒤 반복하세요"))
    }
}
