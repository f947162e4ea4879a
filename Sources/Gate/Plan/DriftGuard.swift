public import Clocks
public import IwinvCatalog
import IwinvClient
import IwinvModel
import IwinvWire
import Synchronization

/// Looks before each change of a plan whether the resource is as the plan found it.
///
/// Lists are read, and are good for half a minute: one page covers a hundred changes. What this run has changed itself
/// since a list was read is read anew.
public final class DriftGuard: Sendable {
    private struct Reading {
        var at: Duration
        /// How many changes had ended when it began.
        var changes: Int
        var rows: [String: JSONValue]
    }

    private struct State {
        var readings: [String: Reading] = [:]
        var changes = 0
        /// After how many changes a resource was changed last.
        var touched: [String: Int] = [:]
        /// The same of all resources.
        var allTouched = 0
    }

    /// How old a list may be.
    static let age: Duration = .seconds(30)

    /// What it looks through.
    typealias Read = @Sendable (CloudOperation, [String: JSONValue]) async throws(CloudError) -> Reply

    /// How a resource is.
    struct Finding: Sendable {
        /// As it is now; nil if it is gone, or nothing was looked at.
        var row: [String: JSONValue]?
        /// What is not as expected, as a sentence.
        var difference: String?
    }

    private let read: Read
    private let clock: any HostClock
    private let turns: KeyedLock
    /// The fields that are compared, by list; those that a list shows by itself if nil.
    private let fields: [OperationName: Set<String>]?
    private let state = Mutex(State())

    public init(_ plan: Plan, gate: Gate, clock: any HostClock) {
        read = { operation, arguments throws(CloudError) in
            try await gate.perform(operation, arguments, reading: operation.isList ? .allPages : .single)
        }
        self.clock = clock
        turns = KeyedLock(clock: clock)
        var fields: [OperationName: Set<String>] = [:]
        for entry in plan.entries {
            guard let list = Catalog.iwinv[entry.operation].flatMap(Self.list(of:)) else { continue }
            fields[list.name, default: []].formUnion(entry.expected.keys)
        }
        self.fields = fields
    }

    init(clock: any HostClock, read: @escaping Read) {
        self.read = read
        self.clock = clock
        turns = KeyedLock(clock: clock)
        fields = nil
    }

    /// A change has ended, whatever became of it.
    public func changed(_ operation: CloudOperation, _ arguments: [String: JSONValue]) {
        state.withLock { state in
            state.changes += 1
            // A server's deletion frees its volumes.
            if operation.effect == .destroy { state.allTouched = state.changes }
            for value in arguments.values { if let id = value.identifierText { state.touched[id] = state.changes } }
        }
    }

    /// What is not as the plan found it, as a sentence; nil if all is.
    public func difference(
        _ entry: PlanEntry, _ operation: CloudOperation, _ names: PlanNames
    ) async throws(CloudError) -> String? {
        try await look(entry, operation, names).difference
    }

    /// How what an entry is about is now.
    func look(
        _ entry: PlanEntry, _ operation: CloudOperation, _ names: PlanNames
    ) async throws(CloudError) -> Finding {
        // What the plan itself creates nobody else has had a hand in.
        guard !entry.expected.isEmpty, let target = operation.target, let planned = entry.arguments[target.name],
            !Placeholder.isOne(planned), let id = planned.identifierText
        else { return Finding() }
        let title = "\(entry.operation) \(entry.name ?? "") (\(entry.id ?? id))"
        guard var row = try await row(id, of: operation, entry) else {
            return Finding(difference: "\(title): it is gone")
        }
        for list in operation.partLists where entry.expected[list.partsName] != nil {
            let parts = try await rows(of: list, for: id, entry)
            row[list.partsName] = .array(Array(parts.values))
        }
        if let membership = try await membership(id, of: operation, entry, names) {
            return Finding(row: row, difference: "\(title): \(membership)")
        }
        let differences = entry.expected.keys.sorted().compactMap { field -> String? in
            guard let expected = entry.expected[field].flatMap(names.resolve), let actual = row.value(of: field),
                actual.unordered != expected.unordered, !(Self.isEmpty(actual) && Self.isEmpty(expected))
            else { return nil }
            return "`\(field)` is \(Self.text(actual)), and was \(Self.text(expected))"
        }
        return Finding(
            row: row, difference: differences.isEmpty ? nil : "\(title): \(differences.joined(separator: ", "))")
    }

    /// What is wrong with who belongs to it, where that is what the change changes.
    private func membership(
        _ id: String, of operation: CloudOperation, _ entry: PlanEntry, _ names: PlanNames
    ) async throws(CloudError) -> String? {
        guard let witness = operation.witness, let list = Catalog.iwinv[witness.read] else { return nil }
        let (field, isWanted): (String, Bool)
        switch witness.sign {
        case .listed(let name): (field, isWanted) = (name, false)
        case .notListed(let name): (field, isWanted) = (name, true)
        default: return nil
        }
        guard let member = entry.arguments[field].flatMap(names.resolve) else { return nil }
        let members: [String: JSONValue]
        do { members = try await rows(of: list, for: id, entry) } catch  where error.kind == .invalid {
            // The older firewall family tells nobody who is behind a firewall.
            return nil
        }
        let isListed = members.values.contains { $0[field] == member }
        guard isListed != isWanted else { return nil }
        return "\(member.identifierText ?? "") is \(isListed ? "attached already" : "not attached any longer")"
    }

    private func row(
        _ id: String, of operation: CloudOperation, _ entry: PlanEntry
    ) async throws(CloudError) -> [String: JSONValue]? {
        guard let list = Self.list(of: operation) else { return [:] }
        if let row = try await rows(of: list, for: id, entry)[id]?.objectValue { return row }
        // Lists show API zones only, so that absence from one proves nothing.
        guard let get = operation.witness.flatMap({ Catalog.iwinv[$0.read] }), !get.isList,
            let subject = get.subject
        else { return nil }
        do {
            return try await read(get, [subject.name: .string(id)]).rows.first?.objectValue
        } catch  where error.isAbsence() {
            return nil
        }
    }

    private func rows(
        of list: CloudOperation, for id: String, _ entry: PlanEntry
    ) async throws(CloudError) -> [String: JSONValue] {
        var arguments: [String: JSONValue] = [:]
        if let subject = list.subject { arguments[subject.name] = entry.arguments[subject.name] }
        if let fields, list.parameter("fields") != nil, let row = list.row {
            let names = Set((fields[list.name] ?? []).compactMap { row.nameOfField(holding: $0) })
            arguments["fields"] = .array((names.isEmpty ? ["name"] : names).sorted().map(JSONValue.string))
        }
        let place = "\(list.name) \(list.subject.flatMap { arguments[$0.name]?.identifierText } ?? "")"
        do { try await turns.enter(place) } catch { throw .cancelledBeforeSending(entry.operation) }
        defer { turns.leave(place) }
        let known = state.withLock { state -> [String: JSONValue]? in
            guard let reading = state.readings[place], clock.elapsed - reading.at <= Self.age,
                reading.changes >= max(state.touched[id] ?? 0, state.allTouched)
            else { return nil }
            return reading.rows
        }
        if let known { return known }
        let changes = state.withLock(\.changes)
        let began = clock.elapsed
        let reply = try await read(list, arguments)
        let key = list.row?.key ?? ""
        let rows = Dictionary(
            reply.rows.compactMap { row in row[key]?.identifierText.map { ($0, row) } },
            uniquingKeysWith: { first, _ in first })
        state.withLock { $0.readings[place] = Reading(at: began, changes: changes, rows: rows) }
        return rows
    }

    /// The list in which what an operation changes has a row. That of its witness may be about something else: it is the
    /// servers of a firewall that show an attachment.
    static func list(of operation: CloudOperation) -> CloudOperation? {
        guard let target = operation.target else { return nil }
        let list = Catalog.iwinv.operations.first { list in
            list.isList && list.effect == .read && list.row?.key == target.name
                && (list.subject == nil || operation.part != nil && list.subject?.name == operation.subject?.name)
        }
        return list.flatMap { Catalog.iwinv[$0.name] }
    }

    private static func isEmpty(_ value: JSONValue) -> Bool { value.isNull || value == "" }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue.map { "“\($0)”" } ?? value.integerValue.map(String.init)
            ?? (value.isNull ? "empty" : shortened(String(decoding: JSONCodec.encode(value), as: UTF8.self)))
    }

    private static func shortened(_ text: String) -> String { text.count > 120 ? text.prefix(120) + "…" : text }
}

extension JSONValue {
    /// The document with its lists sorted: the order in which the cloud names volumes or rules means nothing.
    fileprivate var unordered: JSONValue {
        switch self {
        case .array(let elements):
            let keyed = elements.map(\.unordered).map { (String(decoding: JSONCodec.encode($0), as: UTF8.self), $0) }
            return .array(keyed.sorted { $0.0 < $1.0 }.map(\.1))
        case .object(let members): return .object(members.mapValues(\.unordered))
        default: return self
        }
    }
}

extension RowType {
    /// The field in which a value stands: `flavor_id` in `flavor`. Nil for one that cannot be asked for.
    fileprivate func nameOfField(holding name: String) -> String? {
        [name, String(name.dropLast("_id".count))].first { field($0)?.bit != nil && field($0)?.isSecret == false }
    }
}
