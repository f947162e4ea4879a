import Clocks
import Gate
import IwinvCatalog
import IwinvClient
import IwinvWire
import Synchronization
import Testing

/// A cloud that says yes is believed as far as its rows show it.
@Suite struct ContradictionTests {
    /// What a cloud makes of an edit, and what it answers.
    enum Lie: CaseIterable {
        /// Nothing is changed; the row is shown as it is.
        case ignored
        /// The text is kept as it travelled.
        case encoded
        /// Another text is kept.
        case shortened
        /// Made, and the row is shown as it was.
        case stale
        /// Nothing is changed; the wanted row is shown under another identifier.
        case otherRow
        case otherRowMade
        /// Nothing is changed; no row is shown.
        case noRow
        case noRowMade
        case twoRows
        /// Made, and the row is shown without its identifier.
        case nameless
        /// Nothing is changed, and no read works afterwards.
        case unreadable
        case none

        var isMade: Bool { [.stale, .otherRowMade, .noRowMade, .twoRows, .nameless, .none].contains(self) }
        var outcome: Outcome { isMade ? .confirmed : self == .unreadable ? .unknown : .refused }
        /// What stands in the field afterwards.
        func kept(_ wanted: String, _ before: String) -> String {
            switch self {
            case .ignored, .otherRow, .noRow, .unreadable: before
            case .encoded: "%EC%9B%B9-01"
            case .shortened: String(wanted.prefix(2))
            case .stale, .otherRowMade, .noRowMade, .twoRows, .nameless, .none: wanted
            }
        }
    }

    struct Edit: CustomTestStringConvertible {
        let operation: OperationName
        let arguments: [String: JSONValue]
        let key: String
        let field: String
        let row: [String: JSONValue]
        var testDescription: String { "\(operation) \(field)" }

        static let all = [
            Edit(
                operation: "instances.edit", arguments: ["instance_id": "INSTANCE-a"], key: "instance_id",
                field: "name",
                row: ["instance_id": "INSTANCE-a", "name": "web-old", "description": "x", "status": "active"]),
            Edit(
                operation: "instances.edit", arguments: ["instance_id": "INSTANCE-a"], key: "instance_id",
                field: "description",
                row: ["instance_id": "INSTANCE-a", "name": "web-old", "description": "old", "status": "active"]),
            Edit(
                operation: "firewall.edit", arguments: ["firewall_id": "FIREWALL-a"], key: "firewall_id",
                field: "title",
                row: ["firewall_id": "FIREWALL-a", "title": "old", "content": .null, "icmp": "Y"]),
            Edit(
                operation: "firewall.rules.edit", arguments: ["firewall_id": "FIREWALL-a", "rule_id": 7],
                key: "rule_id", field: "title",
                row: [
                    "rule_id": 7, "bound": "IN", "protocol": "TCP", "port": "22", "ip": "192.0.2.1/32", "title": "old",
                    "content": .null,
                ]),
        ]

        var before: String { row[field]?.stringValue ?? "" }
    }

    /// One resource behind a transport.
    private final class LyingCloud: CloudTransport {
        private struct State {
            var row: [String: JSONValue]
            var edits = 0
            var reads = 0
        }

        let edit: Edit
        let lie: Lie
        private let state: Mutex<State>

        init(_ edit: Edit, _ lie: Lie) {
            (self.edit, self.lie) = (edit, lie)
            state = Mutex(State(row: edit.row))
        }

        var row: [String: JSONValue] { state.withLock { $0.row } }
        var edits: Int { state.withLock { $0.edits } }
        var reads: Int { state.withLock { $0.reads } }

        func send(
            _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
        ) async throws(TransportProblem) -> TransportReply {
            state.withLock { state in
                guard request.method == .put else {
                    state.reads += 1
                    if lie == .unreadable, state.edits > 0 {
                        return TransportReply(status: 500, body: Array("<html>".utf8))
                    }
                    return Self.reply([.object(state.row)])
                }
                state.edits += 1
                let old = state.row
                state.row[edit.field] = .string(lie.kept("웹-01", edit.before))
                var other = state.row.merging([edit.field: "웹-01"]) { $1 }
                other[edit.key] = edit.key == "rule_id" ? 8 : "OTHER-b"
                var nameless = state.row
                nameless[edit.key] = nil
                switch lie {
                case .stale, .unreadable: return Self.reply([.object(old)])
                case .otherRow, .otherRowMade: return Self.reply([.object(other)])
                case .noRow, .noRowMade: return Self.reply([])
                case .twoRows: return Self.reply([.object(state.row), .object(other)])
                case .nameless: return Self.reply([.object(nameless)])
                case .ignored, .encoded, .shortened, .none: return Self.reply([.object(state.row)])
                }
            }
        }

        private static func reply(_ rows: [JSONValue]) -> TransportReply {
            TransportReply(status: 200, body: JSONCodec.encode(Envelope.success(rows: rows)))
        }

        func shutdown() async throws {}
    }

    private static func client(_ transport: any CloudTransport, _ clock: VirtualClock) throws -> IwinvClient {
        let credential = try Credential(accessKey: "access", secretKey: "secret")
        return IwinvClient(
            ClientConfiguration(credential: credential), budget: UnlimitedBudget(), clock: clock,
            random: { 0.5 }, transport: transport)
    }

    @Test(arguments: Edit.all, Lie.allCases)
    func `an edit is what a reply and a read show of it`(_ edit: Edit, _ lie: Lie) async throws {
        let cloud = LyingCloud(edit, lie)
        let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))
        clock.beginActivity()
        defer { clock.endActivity() }
        let client = try Self.client(cloud, clock)
        let gate = Gate(
            client: client,
            rules: .program(grants: try ["instances:edit", "firewall:edit"].map { try Grant($0) }, protected: []))
        let operation = try #require(Catalog.iwinv[edit.operation])
        var failure: CloudError?
        do throws(CloudError) {
            _ = try await gate.perform(operation, edit.arguments.merging([edit.field: "웹-01"]) { $1 })
        } catch { failure = error }
        #expect(cloud.edits == 1)
        let change = try #require(gate.changes.changes.first)
        #expect(change.outcome == lie.outcome)
        #expect(change.before[edit.field]?.stringValue == edit.before)
        #expect((failure == nil) == lie.isMade)
        #expect(failure?.isRetryable != true || lie == .otherRow)
        switch lie {
        case .ignored, .encoded, .shortened, .noRow:
            let kept = lie.kept("웹-01", edit.before)
            #expect(change.after[edit.field]?.stringValue == kept)
            #expect(change.wanted?[edit.field] == "웹-01")
            #expect(change.json["wanted"]?[edit.field] == "웹-01")
            for text in [failure?.description, failure?.koreanDescription] {
                #expect(text?.contains(kept) == true && text?.contains("웹-01") == true, "\(text ?? "")")
            }
            #expect(failure?.message.contains("percent-encoded") == (lie == .encoded))
            #expect(failure?.message.contains("still") == (lie == .ignored || lie == .noRow))
            // Once to know what was there before, once to look.
            #expect(cloud.reads == 2)
        case .none:
            #expect(change.wanted == nil && cloud.reads == 1)
        case .stale, .otherRow, .otherRowMade, .noRowMade, .twoRows, .nameless, .unreadable: break
        }
        try await client.shutdown()
    }

    // MARK: - What may come yet

    enum Loss: CaseIterable {
        case gateway504, gateway502, timeout, cutShort
        case reset

        var mayStillCome: Bool { self != .reset }
        var result: Result<TransportReply, TransportProblem> {
            switch self {
            case .gateway504: .success(TransportReply(status: 504, body: Array("<html>504</html>".utf8)))
            case .gateway502: .success(TransportReply(status: 502, body: Array("<html>502</html>".utf8)))
            case .timeout: .failure(TransportProblem(.timeout, mayHaveLeft: true))
            case .cutShort: .failure(TransportProblem(.replyCutShort, mayHaveLeft: true))
            case .reset: .failure(TransportProblem(.connectionLost, mayHaveLeft: true))
            }
        }
    }

    /// A cloud that makes a change some time after its reply was lost.
    private final class SlowCloud: CloudTransport {
        let loss: Loss
        let delay: Duration?
        let clock: VirtualClock
        /// As the lists show it before and after.
        let rows: (before: [JSONValue], after: [JSONValue])
        private let sent = Mutex<[Instant]>([])

        init(_ loss: Loss, delay: Duration?, _ clock: VirtualClock, _ before: [JSONValue], _ after: [JSONValue]) {
            (self.loss, self.delay, self.clock, rows) = (loss, delay, clock, (before, after))
        }

        var count: Int { sent.withLock { $0.count } }

        func send(
            _ request: WireRequest, headers: [(String, String)], to endpoint: Endpoint, limits: TransportLimits
        ) async throws(TransportProblem) -> TransportReply {
            guard request.method == .get else {
                sent.withLock { $0.append(clock.now) }
                return try loss.result.get()
            }
            let first = sent.withLock(\.first)
            let isMade = if let first, let delay { clock.now - first >= delay } else { false }
            return TransportReply(
                status: 200, body: JSONCodec.encode(Envelope.success(rows: isMade ? rows.after : rows.before)))
        }

        func shutdown() async throws {}
    }

    struct Change: CustomTestStringConvertible {
        let operation: OperationName
        let arguments: [String: JSONValue]
        let before: [JSONValue]
        let after: [JSONValue]
        let canBeRepeated: Bool
        var testDescription: String { "\(operation)" }

        private static let server: [String: JSONValue] = ["instance_id": "INSTANCE-a", "name": "web-old"]
        private static let rule: [String: JSONValue] = [
            "rule_id": 7, "bound": "IN", "protocol": "TCP", "port": "22", "ip": "192.0.2.1/32", "title": "t",
            "content": "c",
        ]
        private static let volume: [String: JSONValue] = [
            "block_storage_id": "BLOCK-a", "name": "data", "status": "off", "instance_id": .null, "size": 10,
        ]
        static let all = [
            Change(
                operation: "instances.edit", arguments: ["instance_id": "INSTANCE-a", "name": "web-new"],
                before: [.object(server)], after: [.object(server.merging(["name": "web-new"]) { $1 })],
                canBeRepeated: true),
            Change(
                operation: "firewall.rules.add",
                arguments: rule.filter { $0.key != "rule_id" }.merging(["firewall_id": "FIREWALL-a"]) { $1 },
                before: [], after: [.object(rule)], canBeRepeated: false),
            Change(
                operation: "firewall.attach", arguments: ["firewall_id": "FIREWALL-a", "instance_id": "INSTANCE-a"],
                before: [], after: [["instance_id": "INSTANCE-a"]], canBeRepeated: false),
        ]
    }

    @Test(arguments: Change.all, Loss.allCases)
    func `what may come yet is not called unmade`(_ change: Change, _ loss: Loss) async throws {
        for delay in [nil, 0, 4, 12, 40, 59, 200].map({ $0.map { Duration.seconds($0) } }) {
            let clock = VirtualClock(start: Instant(seconds: 1_710_000_000))
            clock.beginActivity()
            defer { clock.endActivity() }
            let cloud = SlowCloud(loss, delay: delay, clock, change.before, change.after)
            let client = try Self.client(cloud, clock)
            let gate = Gate(
                client: client,
                rules: .program(grants: try ["instances:edit", "firewall:edit"].map { try Grant($0) }, protected: []))
            let operation = try #require(Catalog.iwinv[change.operation])
            do throws(CloudError) { _ = try await gate.perform(operation, change.arguments) } catch {}
            let outcome = try #require(gate.changes.changes.first).outcome
            let comment: Comment = "\(delay.map { "\($0)" } ?? "never")"
            #expect(cloud.count == 1)
            // Connections that broke are looked after for seven seconds, what may come for the time of a request.
            let patience: Duration = loss.mayStillCome ? .seconds(60) : .seconds(7)
            if let delay, delay <= patience {
                #expect(outcome == .confirmed, comment)
            } else {
                #expect(outcome == (loss.mayStillCome && !change.canBeRepeated ? .unknown : .refused), comment)
            }
            try await client.shutdown()
        }
    }
}
