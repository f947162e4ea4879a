import Clocks
import IwinvCatalog
import IwinvClient

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

    /// When to look, counted from the loss: the cloud may still be at work when the connection breaks.
    static let pauses: [Duration] = [.zero, .seconds(2), .seconds(5)]

    func handle(_ call: Call, next: @escaping Gate.Next) async throws(CloudError) -> Reply {
        guard call.operation.effect.isChange, let witness = call.operation.witness else { return try await next(call) }
        let examiner = Examiner(
            call: call, witness: witness, before: call.target.flatMap(ledger.row),
            known: try await existing(witness, call, next))
        do {
            return try await next(call)
        } catch {
            guard error.outcome == .unknown, error.kind != .cancelled else { throw error }
            let loss = error
            // A run that is interrupted has still a right to know what it did.
            let work = Task { await settle(examiner, loss, next) }
            return try await work.value.get()
        }
    }

    /// The rows that a creation could be mistaken for afterwards.
    private func existing(_ witness: Witness, _ call: Call, _ next: Gate.Next) async throws(CloudError) -> Set<String> {
        guard case .newRow(let fields) = witness.sign, fields.contains(where: { call.arguments?[$0] != nil }) else {
            return []
        }
        do {
            let reading = try Call(reading: witness, of: call)
            let reply = try await next(reading)
            let key = reading.operation.row?.key ?? ""
            return Set(reply.rows.compactMap { $0[key]?.identifierText })
        } catch {
            var error = error
            error.operation = call.operation.name
            error.outcome = .notSent
            throw error
        }
    }

    private func settle(_ examiner: Examiner, _ loss: CloudError, _ next: Gate.Next) async -> Result<Reply, CloudError>
    {
        var absences = 0
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
                return .success(
                    Reply(rows: rows, settlement: Settlement(outcome: outcome, read: examiner.witness.read)))
            case .notMade:
                absences += 1
                // Late is better than wrong: a change that comes true after it was called undone would be made twice.
                if absences >= 2, number == Self.pauses.count - 1 { return .failure(notMade(examiner, loss)) }
            case .gone:
                absences += 1
                if absences == 2 {
                    return .success(
                        Reply(rows: [], settlement: Settlement(outcome: .confirmed, read: examiner.witness.read)))
                }
            case .cannotTell: absences = 0
            }
        }
        return .failure(loss)
    }

    private func notMade(_ examiner: Examiner, _ loss: CloudError) -> CloudError {
        CloudError(
            loss.kind, "\(loss.message); two readings (\(examiner.witness.read)) show that the change was not made",
            operation: loss.operation, status: loss.status, code: loss.code, errorCode: loss.errorCode,
            advice: LocalizedText("it can be made again safely", "다시 실행해도 안전합니다"), outcome: .refused,
            isRetryable: true, settledBy: examiner.witness.read)
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

    func verdict(_ reading: Result<[JSONValue], CloudError>) -> Verdict {
        switch reading {
        case .failure(let error):
            return witness.sign == .absence && error.isAbsence() ? .gone : .cannotTell
        case .success(let rows):
            return verdict(rows)
        }
    }

    private func verdict(_ rows: [JSONValue]) -> Verdict {
        let row = own(rows)
        switch witness.sign {
        case .fields:
            let wanted = (call.arguments?.values ?? [:]).filter { call.operation.parameter($0.key)?.place == .body }
            return compare(row) { row in wanted.allSatisfy { row.value(of: $0.key) == $0.value } }
        case .argument(let name): return compare(row) { $0[name] == call.arguments?[name] }
        case .cleared(let name): return compare(row) { $0[name]?.isNull ?? false }
        case .status: return status(row)
        case .absence:
            guard let row else { return .gone }
            return isMoving(row) ? .made([], .observed) : .notMade
        case .newRow(let fields): return created(rows, fields)
        case .uniqueRow(let fields):
            let found = rows.first { row in
                fields.allSatisfy { (row[$0] ?? .null) == (call.arguments?[$0] ?? .null) }
            }
            return found.map { .made([$0], .confirmed) } ?? .notMade
        case .listed(let name): return contains(rows, name) ? .made([], .confirmed) : .notMade
        case .notListed(let name): return contains(rows, name) ? .notMade : .made([], .confirmed)
        }
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
        if isMoving(row) { return .made([.object(row)], .observed) }
        guard ends.contains(status) else { return .notMade }
        // Being there now proves something only if it was not there before.
        guard let old = before?["status"]?.stringValue, !ends.contains(old), !Self.transitions.contains(old) else {
            return .cannotTell
        }
        return .made([.object(row)], .confirmed)
    }

    private func created(_ rows: [JSONValue], _ fields: [String]) -> Verdict {
        let given = fields.filter { call.arguments?[$0] != nil }
        guard !given.isEmpty, let key = Catalog.iwinv[witness.read]?.row?.key else { return .cannotTell }
        let fresh = rows.filter { row in
            guard let id = row[key]?.identifierText, !known.contains(id) else { return false }
            return matches(row.objectValue ?? [:], given)
        }
        let count = call.arguments?["count"]?.integerValue.map { Int(clamping: $0) } ?? 1
        if fresh.isEmpty { return .notMade }
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
