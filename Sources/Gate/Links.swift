import Clocks
import IwinvCatalog
import RunStore
import Synchronization

/// Refuses calls that nobody has granted.
struct GrantLink: GateLink {
    let grants: Grants

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard grants.allow(call.operation) else {
            let need = Grant(for: call.operation)
            throw CloudError(
                .denied,
                LocalizedText(
                    "this needs the grant `\(need)`, which the run does not have",
                    "이 작업에는 실행에 없는 권한 `\(need)`이(가) 필요합니다"),
                operation: call.operation.name,
                advice: LocalizedText("give it with --allow \(need)", "--allow \(need) 로 허용하세요"))
        }
        return try await next(call)
    }
}

/// Checks arguments before anything is sent.
struct ValidationLink: GateLink {
    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        var call = call
        try call.validate()
        return try await next(call)
    }
}

extension Call {
    /// Checks its arguments against the catalog.
    ///
    /// - Throws: `invalid`.
    mutating func validate() throws(CloudError) {
        do {
            arguments = try Arguments(rawArguments, for: operation)
        } catch {
            throw CloudError(.invalid, error.message(in: operation), operation: operation.name)
        }
        let changeable = operation.parameters.filter { $0.place == .body }.map(\.name)
        guard operation.effect == .edit, !changeable.isEmpty, !changeable.contains(where: { arguments?[$0] != nil })
        else { return }
        let names = changeable.map { "`\($0)`" }
        throw CloudError(
            .invalid,
            LocalizedText(
                "there is nothing to change: give \(names.joined(separator: " or "))",
                "바꿀 것이 없습니다. \(names.joined(separator: ", ")) 가운데 하나를 주세요"),
            operation: operation.name)
    }
}

extension ArgumentProblem {
    /// The text for an error that names the operation by itself.
    func message(in operation: CloudOperation) -> LocalizedText {
        "\(operation.name)" == owner ? sentence : LocalizedText("\(owner): ", "\(owner): ") + sentence
    }
}

/// Refuses reads whose rows would hold passwords or console links, unless secrets are granted.
struct SecretLink: GateLink {
    let grants: Grants

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        let need = Grant(resource: call.operation.name.root, effect: .secret)
        if let mask = call.arguments?["fields"]?.integerValue, let row = call.operation.row,
            let field = row.fields.first(where: { $0.isSecret && mask & ($0.bit ?? 0) != 0 }),
            !grants.all.contains(where: { $0.covers(need) })
        {
            throw CloudError(
                .denied,
                LocalizedText(
                    "`\(field.name)` is a secret, and this run has no grant for secrets",
                    "`\(field.name)`은(는) 비밀 값이며 이 실행에는 비밀 값 권한이 없습니다"),
                operation: call.operation.name,
                advice: LocalizedText("give it with --allow secret", "--allow secret 로 허용하세요"))
        }
        return try await next(call)
    }
}

/// Refuses changes beyond a number.
final class ChangeLimitLink: GateLink {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    func restore(_ history: RunHistory) {
        count.withLock { $0 = history.made.count }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        // A call that is resumed was counted when it was restored.
        if call.operation.effect.isChange, call.resumption == nil {
            let size = call.changeCount
            let isWithin = count.withLock { count in
                guard count + size <= limit else { return false }
                count += size
                return true
            }
            guard isWithin else {
                throw CloudError(
                    .limit, LocalizedText("the limit of \(limit) changes is reached", "변경 한도 \(limit)건에 이르렀습니다"),
                    operation: call.operation.name,
                    advice: LocalizedText(
                        "raise it with --max-changes, or @limit changes in the header",
                        "--max-changes 또는 헤더의 @limit changes로 늘리세요"))
            }
        }
        return try await next(call)
    }
}

/// What a person says to a change.
public enum Consent: Sendable, Hashable {
    /// To this one.
    case given
    /// To this one, and to all later ones that would be asked about.
    case givenForAll
    case refused
    /// The run ends in place of an answer.
    case interrupted
    /// There is nobody to ask.
    case unattended
}

/// Asks a person whether the change that is about to be sent may be sent.
public typealias ChangeConfirmation = @Sendable (Call) async -> Consent

/// One question after the other, until one answer covers all that follow.
final class QuestionTurns: Sendable {
    private let ask: ChangeConfirmation
    private let ledger: ChangeLedger
    private let turns: KeyedLock
    /// A yes or a no that holds for all.
    private let standing = Mutex<Consent?>(nil)

    /// - Parameter ledger: What the run knows of what it is about to change.
    init(_ ledger: ChangeLedger, clock: any HostClock, _ ask: @escaping ChangeConfirmation) {
        self.ask = ask
        self.ledger = ledger
        turns = KeyedLock(clock: clock)
    }

    /// - Parameter refusesAll: Whether a no is one to all that follow.
    /// - Throws: `cancelled`.
    func consent(to call: Call, refusesAll: Bool = false) async throws(CloudError) -> Consent {
        if let given = standing.withLock({ $0 }) { return given }
        do { try await turns.enter("") } catch { throw .cancelledBeforeSending(call.operation.name) }
        defer { turns.leave("") }
        if let given = standing.withLock({ $0 }) { return given }
        let consent = await ask(proposed(call))
        if Task.isCancelled || consent == .interrupted { throw .cancelledBeforeSending(call.operation.name) }
        if consent == .givenForAll || refusesAll && consent != .given { standing.withLock { $0 = consent } }
        return consent
    }

    private func proposed(_ call: Call) -> Call {
        var call = call
        let wanted = ChangesLink.wantedFields(of: call)
        let row = call.target.flatMap(ledger.row)
        let before = row.flatMap { row in
            ChangesLink.hasImage(call.operation)
                ? ChangesLink.image(of: row, fields: Array(wanted.keys), isComplete: false) : nil
        }
        // Of a rule it is the firewall that has a name.
        let subject = call.operation.subject.flatMap { parameter in
            call.subject.map { RowKey(key: parameter.name, id: $0) }
        }
        let asked = call.arguments?["name"] ?? call.arguments?["title"]
        call.asked = Change(
            operation: call.operation.name, id: call.targetName,
            name: subject.flatMap { ledger.names(of: $0).last } ?? (subject == nil ? asked?.stringValue : nil),
            before: before ?? (call.target == nil ? .null : [:]), after: .object(wanted), outcome: .notSent,
            row: call.operation.witness?.sign == .absence
                ? row.map(JSONValue.object) ?? .null : Change.telling(row, of: call.operation))
        return call
    }
}

/// Lets changes pass only after a yes, to each or to all that follow.
final class ConfirmationLink: GateLink {
    private let turns: QuestionTurns

    init(
        journal: ChangeJournal?, ledger: ChangeLedger, clock: any HostClock, _ ask: @escaping ChangeConfirmation
    ) {
        turns = QuestionTurns(ledger, clock: clock) { call in
            let consent = await ask(call)
            // A yes to one change is none to those that a resumed run would make.
            if consent == .givenForAll { journal?.consented(RunConsent(.person), about: .changes) }
            return consent
        }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        try await turns.consent(to: call, refusesAll: true).demand(for: call)
        return try await next(call)
    }
}

extension Consent {
    /// - Throws: `denied` for anything but a yes.
    func demand(for call: Call) throws(CloudError) {
        switch self {
        case .given, .givenForAll: return
        case .interrupted: throw .cancelledBeforeSending(call.operation.name)
        case .refused:
            throw CloudError(
                .denied, LocalizedText("the change was not confirmed", "변경이 승인되지 않았습니다"), operation: call.operation.name
            )
        case .unattended:
            throw CloudError(
                .denied,
                LocalizedText(
                    "a change needs a yes, and there is no terminal to ask on", "변경에는 승인이 필요하지만 물어볼 터미널이 없습니다"),
                operation: call.operation.name,
                advice: LocalizedText("run it with --yes", "--yes를 붙여 실행하세요"))
        }
    }
}

/// Lets each change pass only after a yes of its own.
struct ConsentLink: GateLink {
    private let turns: QuestionTurns

    init(ledger: ChangeLedger, clock: any HostClock, ask: @escaping ChangeConfirmation) {
        turns = QuestionTurns(ledger, clock: clock, ask)
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange else { return try await next(call) }
        try await turns.consent(to: call).demand(for: call)
        return try await next(call)
    }
}
