import Clocks
import IwinvCatalog
import IwinvClient
import Synchronization

/// How far a change got whose reply was lost, and which read told.
struct Settlement: Sendable, Hashable {
    var outcome: Outcome
    var read: OperationName
}

/// When the reply of a change is lost, looks whether the change was made.
///
/// A change that shows is answered as if its reply had come. One that does not show in the end, seconds later, was not
/// made: its error says so and is retryable, since nothing happened. What no reading can tell (a reboot leaves no trace once it is over)
/// stays `unknown`. Nothing is ever sent again from here.
struct SettleLink: GateLink {
    let ledger: ChangeLedger
    let clock: any HostClock
    private let baselines = Baselines()
    /// Creations that could be mistaken for each other take turns.
    private let creations: KeyedLock

    init(ledger: ChangeLedger, clock: any HostClock) {
        self.ledger = ledger
        self.clock = clock
        creations = KeyedLock(clock: clock)
    }

    /// When to look, counted from the loss: the cloud may still be at work when the connection breaks.
    static let pauses: [Duration] = [.zero, .seconds(2), .seconds(5)]

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange, let witness = call.operation.witness else { return try await next(call) }
        guard let likeness = Self.likeness(of: call, witness) else { return try await observed(call, witness, next) }
        do {
            try await creations.enter(likeness)
        } catch {
            throw CloudError(.cancelled, "cancelled before it was sent", operation: call.operation.name)
        }
        defer { creations.leave(likeness) }
        return try await observed(call, witness, next)
    }

    /// What two creations have in common whose rows look the same; nil if the call makes nothing.
    private static func likeness(of call: Call, _ witness: Witness) -> String? {
        guard case .newRow(let fields) = witness.sign else { return nil }
        return "\(call.operation.name) " + fields.map { "\(call.arguments?[$0] ?? .null)" }.joined(separator: " ")
    }

    private func observed(_ call: Call, _ witness: Witness, _ next: @escaping Gate.Next) async throws(CloudError)
        -> Reply
    {
        let known = try await existing(witness, call, next)
        let examiner = Examiner(
            call: call, witness: witness, before: call.target.flatMap(ledger.row), known: known)
        do {
            let reply = try await next(call)
            baselines.add(reply.rows, of: call.operation.row, to: "\(witness.read) \(call.subject ?? "")")
            return reply
        } catch {
            guard error.outcome == .unknown, error.kind != .cancelled else { throw error }
            let loss = error
            // A run that is interrupted has still a right to know what it did.
            let work = Task { await settle(examiner, loss, next) }
            return try await work.value.get()
        }
    }

    /// The rows that a creation could be mistaken for afterwards. Of lists in which the cloud keeps no two equal rows, the
    /// first reading of a run is enough: what this run adds later is noted.
    private func existing(_ witness: Witness, _ call: Call, _ next: Gate.Next) async throws(CloudError) -> Set<String> {
        var isKept = false
        switch witness.sign {
        case .newRow(let fields):
            guard fields.contains(where: { call.arguments?[$0] != nil }) else { return [] }
        case .uniqueRow: isKept = true
        case .state, .status:
            // Work that shows later proves something only if it did not show before.
            guard call.target.flatMap(ledger.row)?["status"] == nil else { return [] }
        default: return []
        }
        do {
            let reading = try Call(reading: witness, of: call)
            let place = "\(witness.read) \(reading.subject ?? "")"
            if isKept, let known = baselines.known(in: place) { return known }
            let reply = try await next(reading)
            ledger.note(reply.rows, of: reading.operation.row)
            let key = reading.operation.row?.key ?? ""
            let known = Set(reply.rows.compactMap { $0[key]?.identifierText })
            if isKept { baselines.keep(known, in: place) }
            return known
        } catch {
            var error = error
            error.operation = call.operation.name
            error.outcome = .notSent
            throw error
        }
    }

    private func settle(_ examiner: Examiner, _ loss: CloudError, _ next: Gate.Next) async -> Result<Reply, CloudError>
    {
        var (untouched, absences) = (0, 0)
        for (number, pause) in Self.pauses.enumerated() {
            if pause > .zero { try? await clock.sleep(for: pause) }
            let reading: Result<[JSONValue], CloudError>
            do {
                reading = .success(try await next(try Call(reading: examiner.witness, of: examiner.call)).rows)
            } catch {
                reading = .failure(error)
            }
            if case .success(let rows) = reading {
                ledger.note(rows, of: Catalog.iwinv[examiner.witness.read]?.row)
            }
            switch examiner.verdict(reading) {
            case .made(let rows, let outcome):
                baselines.add(
                    rows, of: examiner.call.operation.row,
                    to: "\(examiner.witness.read) \(examiner.call.subject ?? "")")
                return .success(examiner.reply(rows, outcome))
            case .notMade:
                (untouched, absences) = (untouched + 1, 0)
                // Late is better than wrong: a change that comes true after it was called undone would be made twice.
                if untouched >= 2, number == Self.pauses.count - 1 { return .failure(notMade(examiner, loss)) }
            case .gone:
                (untouched, absences) = (0, absences + 1)
                if absences == 2 { return .success(examiner.reply([], .confirmed)) }
            case .cannotTell: (untouched, absences) = (0, 0)
            }
        }
        return .failure(loss)
    }

    private func notMade(_ examiner: Examiner, _ loss: CloudError) -> CloudError {
        CloudError(
            loss.kind, "\(loss.message); later readings (\(examiner.witness.read)) show that the change was not made",
            operation: loss.operation, status: loss.status, code: loss.code, errorCode: loss.errorCode,
            advice: LocalizedText("it can be made again", "다시 실행할 수 있습니다"), outcome: .refused,
            isRetryable: true, settledBy: examiner.witness.read)
    }
}

/// The rows that a run knew of each list before its own additions.
private final class Baselines: Sendable {
    private let lists = Mutex<[String: Set<String>]>([:])

    func known(in place: String) -> Set<String>? { lists.withLock { $0[place] } }

    func keep(_ known: Set<String>, in place: String) {
        lists.withLock { $0[place] = known }
    }

    /// Notes what this run added, where the list is kept.
    func add(_ rows: [JSONValue], of type: RowType?, to place: String) {
        guard let key = type?.key else { return }
        lists.withLock { lists in
            for row in rows { if let id = row[key]?.identifierText { lists[place]?.insert(id) } }
        }
    }
}

/// Reads the sign of a change in the rows that a witness shows.
struct Examiner: Sendable {
    enum Verdict: Sendable, Hashable {
        /// The change shows; the rows are those of its answer.
        case made([JSONValue], Outcome)
        /// Things are as they were.
        case notMade
        /// What was to go does not show; one reading alone proves nothing.
        case gone
        case cannotTell
    }

    var call: Call
    var witness: Witness
    /// The row as it was last read before the change.
    var before: [String: JSONValue]?
    /// Identifiers of rows that were there before a creation.
    var known: Set<String>

    /// A status that the cloud shows while it works (CONTRACT 3.6, 3.7).
    static let transitions: Set<String> = ["building", "pending", "work", "deleting"]

    /// The answer that the cloud would have given, as far as that is known.
    func reply(_ rows: [JSONValue], _ outcome: Outcome) -> Reply {
        var rows = rows
        if rows.isEmpty {
            // An acknowledgement names what it is about.
            let named = (call.arguments?.values ?? [:]).filter { call.operation.row?.field($0.key) != nil }
            rows = [.object(named)]
        }
        return Reply(rows: rows, settlement: Settlement(outcome: outcome, read: witness.read))
    }

    func verdict(_ reading: Result<[JSONValue], CloudError>) -> Verdict {
        switch reading {
        case .failure(let error):
            return witness.sign == .absence && error.isAbsence() ? gone : .cannotTell
        case .success(let rows):
            return verdict(rows)
        }
    }

    private func verdict(_ rows: [JSONValue]) -> Verdict {
        let row = own(rows)
        switch witness.sign {
        case .fields:
            let wanted = (call.arguments?.values ?? [:]).filter { call.operation.parameter($0.key)?.place == .body }
            let isReplaced = row == nil && replacement(in: rows, wanted) != nil
            if isReplaced { return .made([replacement(in: rows, wanted) ?? .null], .confirmed) }
            guard let row else { return .cannotTell }
            if wanted.allSatisfy({ row.shows($0.value, in: $0.key) }) { return .made([.object(row)], .confirmed) }
            // Neither as wanted nor as before: somebody else, or a text that the cloud writes in another way.
            let isUntouched = before.map { before in
                wanted.keys.allSatisfy { row.value(of: $0) == before.value(of: $0) }
            }
            return isMoving(row) || isUntouched == false ? .cannotTell : .notMade
        case .argument(let name): return compare(row) { $0[name] == call.arguments?[name] }
        case .cleared(let name): return compare(row) { $0[name]?.isNull ?? false }
        case .state, .status: return status(row)
        case .absence:
            guard let row else { return gone }
            guard isMoving(row) else { return .notMade }
            return row["status"] == "deleting" && before?["status"] != "deleting" ? .made([], .observed) : .cannotTell
        case .newRow(let fields): return created(rows, fields)
        case .uniqueRow(let fields):
            let key = Catalog.iwinv[witness.read]?.row?.key ?? ""
            let found = rows.first { row in
                !(row[key]?.identifierText.map(known.contains) ?? true)
                    && fields.allSatisfy { (row[$0] ?? .null) == (call.arguments?[$0] ?? .null) }
            }
            return found.map { .made([$0], .confirmed) } ?? .notMade
        case .listed(let name): return contains(rows, name) ? .made([], .confirmed) : .notMade
        case .notListed(let name): return contains(rows, name) ? .notMade : .gone
        }
    }

    /// Nothing is called gone that was not seen before: it may never have been there, or not be visible.
    private var gone: Verdict { before == nil ? .cannotTell : .gone }

    /// The row that stands in the place of the changed one, where a change gives rows new numbers (the older firewall
    /// family): the old one is gone, and one that is the old one with the change is there.
    private func replacement(in rows: [JSONValue], _ wanted: [String: JSONValue]) -> JSONValue? {
        guard call.operation.part != nil, let before, let key = call.target?.key else { return nil }
        func content(_ row: [String: JSONValue]) -> [String: JSONValue] {
            row.filter { $0.key != key && !$0.value.isNull }
        }
        let new = content(before.merging(wanted) { $1 })
        let found = rows.compactMap(\.objectValue)
        guard !found.contains(where: { content($0) == content(before) }) else { return nil }
        return found.first { content($0) == new }.map(JSONValue.object)
    }

    private func own(_ rows: [JSONValue]) -> [String: JSONValue]? {
        guard let target = call.target else { return nil }
        return rows.first { $0[target.key]?.identifierText == target.id }?.objectValue
    }

    private func compare(_ row: [String: JSONValue]?, _ isAsWanted: ([String: JSONValue]) -> Bool) -> Verdict {
        guard let row else { return .cannotTell }
        if isAsWanted(row) { return .made([.object(row)], .confirmed) }
        return isMoving(row) ? .cannotTell : .notMade
    }

    private func status(_ row: [String: JSONValue]?) -> Verdict {
        guard let row, let status = row["status"]?.stringValue, let ends = call.operation.endStates else {
            return .cannotTell
        }
        let old = before?["status"]?.stringValue
        if isMoving(row) {
            let wasMoving = old.map(Self.transitions.contains) ?? true
            return wasMoving ? .cannotTell : .made([.object(row)], .observed)
        }
        guard ends.contains(status) else { return .notMade }
        // A restarted server is what it was before, and so is one that was not.
        return witness.sign == .state ? .made([.object(row)], .confirmed) : .cannotTell
    }

    private func created(_ rows: [JSONValue], _ fields: [String]) -> Verdict {
        let given = fields.filter { call.arguments?[$0] != nil }
        guard !given.isEmpty, let key = Catalog.iwinv[witness.read]?.row?.key else { return .cannotTell }
        let fresh = rows.filter { row in
            guard let id = row[key]?.identifierText, !known.contains(id) else { return false }
            return matches(row.objectValue ?? [:], given)
        }
        let count = call.arguments?["count"]?.integerValue.map { Int(clamping: $0) } ?? 1
        // A creation that does not show may still come, when something between here and the cloud delivers it late; made
        // again, it would be paid for twice.
        if fresh.isEmpty { return .cannotTell }
        // Fewer or more than were asked for: somebody else may have made some of them.
        return fresh.count == count ? .made(fresh, .confirmed) : .cannotTell
    }

    private func matches(_ row: [String: JSONValue], _ fields: [String]) -> Bool {
        fields.allSatisfy { field in
            guard let wanted = call.arguments?[field] else { return true }
            if row[field] == wanted { return true }
            // Several servers of one creation have numbers behind the name (CONTRACT U14).
            guard field == "name", call.arguments?["count"] != nil, let base = wanted.stringValue,
                let name = row[field]?.stringValue, name.hasPrefix(base + "-")
            else { return false }
            return name.dropFirst(base.count + 1).allSatisfy(\.isNumber)
        }
    }

    private func contains(_ rows: [JSONValue], _ name: String) -> Bool {
        rows.contains { $0[name] == call.arguments?[name] }
    }

    private func isMoving(_ row: [String: JSONValue]) -> Bool {
        row["status"]?.stringValue.map(Self.transitions.contains) ?? false
    }
}
