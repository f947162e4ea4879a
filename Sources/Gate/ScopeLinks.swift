import IwinvCatalog
import RunStore
import Synchronization

/// What a call is about, by the names that grants and protections know.
struct Subject {
    var id: String?
    /// First to last; a creation has the one that it asks for.
    var names: [String]

    /// Knows the resource from earlier reads of the run, or reads it: one request.
    init(of call: Call, _ ledger: ChangeLedger, _ next: Gate.Next) async throws(CloudError) {
        guard let parameter = call.operation.subject, let id = call.subject else {
            let name = (call.arguments?["name"] ?? call.arguments?["title"])?.stringValue
            self.init(id: nil, names: name.map { [$0] } ?? [])
            return
        }
        let key = RowKey(key: parameter.name, id: id)
        if ledger.names(of: key).isEmpty {
            let reading = try Call(
                reading: OperationName(resource: call.operation.name.root, verb: "get"), [parameter.name: .string(id)],
                before: call)
            do {
                ledger.note(try await next(reading).rows, of: reading.operation.row)
            } catch {
                throw error.before(call.operation)
            }
        }
        self.init(id: id, names: ledger.names(of: key))
    }

    private init(id: String?, names: [String]) {
        (self.id, self.names) = (id, names)
    }
}

/// Sees to the limits of grants: how many changes, and of what.
final class GrantLimitLink: GateLink {
    private let grants: Grants
    private let ledger: ChangeLedger
    /// In a plan what nobody has granted is noted and not refused; what is granted with limits has them there too.
    private let isPlan: Bool
    private let used = Mutex<[Grant: Int]>([:])

    init(grants: Grants, ledger: ChangeLedger, isPlan: Bool = false) {
        self.grants = grants
        self.ledger = ledger
        self.isPlan = isPlan
    }

    func restore(_ order: UInt64, _ changes: [Change], _ recorded: RecordedChange) { changes.forEach(restore) }

    private func restore(_ change: Change) {
        guard change.outcome != .notSent, let operation = Catalog.iwinv[change.operation] else { return }
        let known = [change.name, change.id].compactMap(\.self)
        let fitting = grants.concerning(operation).first { grant in
            grant.names.isEmpty || known.contains { name in grant.names.contains { $0.matches(name) } }
        }
        if let fitting { used.withLock { $0[fitting, default: 0] += 1 } }
    }

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange, call.resumption == nil else { return try await next(call) }
        var call = call
        let candidates = grants.concerning(call.operation)
        if isPlan, candidates.isEmpty { return try await next(call) }
        if let unlimited = candidates.first(where: { $0.maximum == nil && $0.names.isEmpty }) {
            call.grant = unlimited
            return try await next(call)
        }
        let isNameAsked = candidates.contains { !$0.names.isEmpty }
        let subject = isNameAsked ? try await Subject(of: call, ledger, next) : nil
        let fitting = candidates.filter { grant in
            guard !grant.names.isEmpty else { return true }
            // The name it had at first: a run must not widen its leave by renaming.
            let known = [subject?.names.first, subject?.id].compactMap(\.self)
            return known.contains { name in grant.names.contains { $0.matches(name) } }
        }
        guard !fitting.isEmpty else {
            let name = subject?.names.first ?? subject?.id ?? "this"
            throw refusal(
                call, LocalizedText("`\(name)` is not among what was granted: ", "`\(name)`은(는) 허용 범위에 없습니다: "),
                candidates)
        }
        let size = call.changeCount
        call.grant = used.withLock { used in
            let grant = fitting.first { used[$0, default: 0] + size <= $0.maximum ?? .max }
            if let grant { used[grant, default: 0] += size }
            return grant
        }
        guard call.grant != nil else {
            throw refusal(call, LocalizedText("what was granted is used up: ", "허용된 횟수를 다 썼습니다: "), fitting)
        }
        return try await next(call)
    }

    private func refusal(_ call: Call, _ reason: LocalizedText, _ grants: [Grant]) -> CloudError {
        let list = grants.map { "`\($0)`" }.joined(separator: ", ")
        let need = Grant(for: call.operation)
        return CloudError(
            .denied, reason + LocalizedText(list, list), operation: call.operation.name,
            advice: LocalizedText("give more with --allow \"\(need) …\"", "--allow \"\(need) …\" 로 더 허용하세요"))
    }
}

/// Keeps protected resources from being destroyed or switched off, and from a new name, which would end the protection for
/// the runs that come after.
struct ProtectionLink: GateLink {
    let protected: [NamePattern]
    let ledger: ChangeLedger

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        let newName = call.operation.newName.flatMap { call.arguments?[$0.name] }
        guard call.operation.isDisruptive || newName != nil, !protected.isEmpty else { return try await next(call) }
        let subject = try await Subject(of: call, ledger, next)
        // An edit that leaves the name as it is renames nothing.
        if !call.operation.isDisruptive, newName?.stringValue == subject.names.last { return try await next(call) }
        // Any name that it had in this run: renaming first does not help.
        for name in subject.names + [subject.id].compactMap(\.self) {
            guard let pattern = protected.first(where: { $0.matches(name) }) else { continue }
            throw CloudError(
                .denied,
                LocalizedText(
                    "`\(name)` is protected (`protect: \(pattern)` in the profile)",
                    "`\(name)`은(는) 보호되어 있습니다(프로필의 `protect: \(pattern)`)"),
                operation: call.operation.name,
                advice: LocalizedText(
                    "if you mean it, run it with --override-protection", "정말 진행하려면 --override-protection을 붙여 실행하세요"))
        }
        return try await next(call)
    }
}

extension Call {
    /// How many resources it changes: a creation may make several.
    var changeCount: Int {
        arguments?["count"]?.integerValue.map { Int(clamping: $0) } ?? 1
    }

    /// A reading that a change needs before it can be made.
    ///
    /// - Throws: `invalid` if the arguments do not suit it.
    init(
        reading name: OperationName, _ arguments: [String: JSONValue], before change: Call
    ) throws(CloudError) {
        guard let read = Catalog.iwinv[name] else { preconditionFailure("the catalog has no operation `\(name)`") }
        self.init(
            order: change.order, operation: read, arguments: arguments, reading: read.isList ? .allPages : .single,
            place: change.place)
        do {
            self.arguments = try Arguments(arguments, for: read)
        } catch {
            throw CloudError(.invalid, error.message(in: read), operation: change.operation.name)
        }
    }
}
