import Clocks
import Gate
import IwinvCatalog
import Synchronization

/// Waits until servers are in a state by reading the list: one page covers a hundred of them, and any number of waiters
/// share one reading.
final class StatusWatcher: Sendable {
    /// How long between two readings; the cloud allows sixty requests a minute to everything.
    static let interval: Duration = .seconds(5)

    /// How long a server that was told to restart may show its old state before that is taken for the new one.
    static let grace: Duration = .seconds(15)

    private struct Reading: Sendable {
        var at: Duration
        /// How many changes had ended when it began.
        var changes: Int
        var rows: [String: JSONValue]
    }

    private let gate: Gate
    private let clock: any HostClock
    private let flight: SingleFlight<Reading>
    private let latest = Mutex<[String: Reading]>([:])

    init(gate: Gate, clock: any HostClock) {
        self.gate = gate
        self.clock = clock
        self.flight = SingleFlight(clock: clock)
    }

    /// Resources that have a list whose rows carry a `status` and an identifier.
    static func resources(in catalog: Catalog) -> [String] {
        catalog.resources.filter {
            catalog[OperationName(resource: $0, verb: "list")]?.row?.states.isEmpty == false
        }
    }

    /// Waits until all of the servers show the state.
    ///
    /// A server in the state `error`, or one that the list has shown and shows no more, ends the wait early. A server that
    /// no list has shown is looked up by itself, since lists cover API-enabled zones only. A server that this run has just
    /// told to restart counts as arrived when a reading saw it leave, or when it stands there still after ``grace``.
    ///
    /// - Returns: their rows, in the order of `ids`.
    /// - Throws: ``CloudError``; kind `limit` when the time is up.
    func wait(
        for ids: [String], state: String, timeout: Duration, in list: CloudOperation, place: String?
    ) async throws -> [JSONValue] {
        let began = clock.elapsed
        var listed: Set<String> = []
        while true {
            let reading = try await reading(notBefore: clock.elapsed, of: list, place: place)
            var rows: [JSONValue] = []
            var missing: [String] = []
            for id in ids {
                let row: JSONValue
                if let found = reading.rows[id] {
                    row = found
                    listed.insert(id)
                } else if listed.contains(id) {
                    throw CloudError(
                        .api,
                        LocalizedText(
                            "\(id) is no longer in the list while waiting for `\(state)`",
                            "`\(state)`을(를) 기다리는 동안 \(id)이(가) 목록에서 사라졌습니다"), operation: list.name,
                        outcome: .accepted)
                } else {
                    row = try await lookUp(id, list, place: place)
                }
                let status = row["status"]?.stringValue ?? "unknown"
                if status == "error", state != "error" {
                    throw CloudError(
                        .api,
                        LocalizedText(
                            "\(id) went into the state `error` while waiting for `\(state)`",
                            "`\(state)`을(를) 기다리는 동안 \(id)이(가) `error` 상태가 되었습니다"), operation: list.name,
                        outcome: .observed)
                }
                let isSettled = !gate.changes.isUnobserved(id) || clock.elapsed - began >= Self.grace
                if status == state, isSettled { rows.append(row) } else { missing.append("\(id) is `\(status)`") }
            }
            if missing.isEmpty { return rows }
            guard clock.elapsed - began + Self.interval <= timeout else {
                let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
                throw CloudError(
                    .limit,
                    LocalizedText(
                        "not `\(state)` after \(timeout.text): \(missing.prefix(3).joined(separator: ", "))\(more)",
                        "\(timeout.text) 뒤에도 `\(state)`이(가) 아닙니다: \(missing.prefix(3).joined(separator: ", "))\(more)"),
                    operation: OperationName(resource: list.name.resource, verb: "wait"),
                    advice: LocalizedText(
                        "wait longer, or look at it in the web console", "더 오래 기다리거나 웹 콘솔에서 확인하세요"))
            }
            try await clock.sleep(for: Self.interval)
        }
    }

    private func lookUp(_ id: String, _ list: CloudOperation, place: String?) async throws -> JSONValue {
        let name = OperationName(resource: list.name.resource, verb: "get")
        guard let get = Catalog.iwinv[name], let subject = get.subject else {
            throw CloudError(
                .invalid, LocalizedText("\(id) is not in the list", "\(id)은(는) 목록에 없습니다"), operation: list.name)
        }
        let reply = try await gate.perform(get, [subject.name: .string(id)], place: place)
        guard let row = reply.rows.first else {
            throw CloudError(
                .api, LocalizedText("\(id) does not exist", "\(id)은(는) 없습니다"), operation: name, outcome: .refused)
        }
        return row
    }

    /// A reading that began no earlier than the given moment: an older one may show the state before a change.
    private func reading(notBefore: Duration, of list: CloudOperation, place: String?) async throws -> Reading {
        while true {
            // Virtual time stands still between a change and the wait for it, so the time alone does not tell which was first.
            let changes = gate.changes.endedChanges
            if let reading = latest.withLock({ $0[list.name.resource] }), reading.at >= notBefore,
                reading.changes >= changes
            {
                return reading
            }
            let reading = try await flight.run { try await read(list, place: place) }
            latest.withLock { $0[list.name.resource] = reading }
        }
    }

    private func read(_ list: CloudOperation, place: String?) async throws -> Reading {
        let began = clock.elapsed
        let changes = gate.changes.endedChanges
        let reply = try await gate.perform(list, [:], reading: .allPages, place: place)
        let key = list.row?.key ?? ""
        let rows = reply.rows.compactMap { row in row[key]?.stringValue.map { ($0, row) } }
        return Reading(at: began, changes: changes, rows: Dictionary(rows, uniquingKeysWith: { first, _ in first }))
    }
}
