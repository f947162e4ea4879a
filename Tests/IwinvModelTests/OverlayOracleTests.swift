import Clocks
import IwinvCatalog
import Testing

@testable import IwinvModel

/// A plan shows what the cloud would show if every change had been made.
@Suite("Overlay beside a whole cloud")
struct OverlayOracleTests {
    @Test("whatever is planned, every read shows what a cloud shows in which it was done", arguments: 1...6)
    func agreement(seed: UInt64) throws {
        var random = Generator(seed: seed)
        var world = TwoWorlds(seed: seed)
        // With the lists read before the first change, the order of rows is known too.
        if world.hasOrder { try world.readLists() }
        for step in 0..<500 {
            world.now = world.now + .seconds(Int64.random(in: 0...12, using: &random))
            let operation = try #require(Catalog.iwinv.interface.randomElement(using: &random))
            let raw = RandomArguments.of(operation, in: world.whole, &random)
            guard (try? Arguments(raw, for: operation)) != nil, operation.name != "bill.live" else { continue }
            if operation.effect.isChange {
                try world.change(operation, raw)
                // Whom a change lets into a filter, or out of one, is what a plan is most easily wrong about.
                let list = try #require(Catalog.iwinv["instances.list"])
                let filters = RandomArguments.of(list, in: world.whole, &random)
                if (try? Arguments(filters, for: list)) != nil { try world.read(list, filters) }
            } else {
                try world.read(operation, raw)
            }
            if step % 40 == 39 { try world.readEverything() }
        }
        #expect(world.granted.values.reduce(0, +) > 60, "\(world.granted)")
        #expect(world.refused.values.reduce(0, +) > 20, "\(world.refused)")
        #expect(world.rows > 1500, "\(world.rows) rows were compared")
    }

    @Test("every change that the newer family knows is planned at some time")
    func coverage() throws {
        let changes = Catalog.iwinv.interface.filter(\.effect.isChange)
        var granted: Set<OperationName> = []
        for seed: UInt64 in 100...110 where granted.count < changes.count {
            var random = Generator(seed: seed)
            var world = TwoWorlds(seed: seed)
            for _ in 0..<300 {
                world.now = world.now + .seconds(Int64.random(in: 0...40, using: &random))
                let operation = try #require(changes.randomElement(using: &random))
                let raw = RandomArguments.of(operation, in: world.whole, &random)
                guard (try? Arguments(raw, for: operation)) != nil else { continue }
                try world.change(operation, raw)
            }
            granted.formUnion(world.granted.keys)
        }
        #expect(granted == Set(changes.map(\.name)))
    }
}

/// A cloud in which changes are made, and a planner that plans them over the same cloud as it was.
struct TwoWorlds {
    var whole: Cloud
    var planner: Planner
    var now: Instant {
        get { planner.now }
        set { planner.now = newValue }
    }
    /// Whether rows are compared in their order.
    let hasOrder: Bool
    var granted: [OperationName: Int] = [:]
    var refused: [OperationName: Int] = [:]
    var reads = 0
    var rows = 0

    init(seed: UInt64) {
        whole = Cloud.demo(seed: seed, at: start)
        planner = Planner(whole)
        hasOrder = seed.isMultiple(of: 2)
    }

    // MARK: Identifiers

    /// The placeholders of what the whole cloud has created, by its own identifiers.
    private var placeholders: [String: String] {
        var texts: [String: String] = [:]
        func add(_ ids: [String], _ old: Int, _ resource: String) {
            for (index, id) in ids.dropFirst(old).enumerated() { texts[id] = Placeholder.text(resource, index + 1) }
        }
        add(whole.servers.map(\.id), planner.live.servers.count, "instances")
        add(whole.volumes.map(\.id), planner.live.volumes.count, "storage")
        return texts.merging(firewalls) { $1 }
    }

    /// Those of firewalls, which do not stay in the cloud when they are deleted.
    private var firewalls: [String: String] = [:]

    private func planned(_ value: JSONValue, _ texts: [String: String]) -> JSONValue {
        switch value {
        case .string(let text): .string(texts[text] ?? text)
        case .array(let elements): .array(elements.map { planned($0, texts) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        guard key == "rule_id", let id = value.integerValue, id > planner.live.lastRuleID else {
                            return (key, planned(value, texts))
                        }
                        return (key, .integer(id - planner.live.lastRuleID + Placeholder.lastRealRule))
                    }))
        default: value
        }
    }

    // MARK: Calls

    mutating func readLists() throws {
        for name: OperationName in ["instances.list", "storage.list", "firewall.list"] { try planner.learn(name) }
    }

    mutating func change(_ operation: CloudOperation, _ raw: [String: JSONValue]) throws {
        let answer = try planner.plan(operation, planned(.object(raw), placeholders).objectValue ?? [:])
        var raw = raw
        if operation.parameter("fields") != nil, raw["fields"] == nil {
            raw["fields"] = operation.defaultFields.map(JSONValue.integer)
        }
        let before = whole.firewalls.count
        let expected = whole.apply(operation, try Arguments(raw, for: operation), at: now)
        if whole.firewalls.count > before, let id = whole.firewalls.last?.id {
            firewalls[id] = Placeholder.text("firewall", firewalls.count + 1)
        }
        compare(answer, expected, operation, raw)
        if expected.refusal == nil {
            granted[operation.name, default: 0] += 1
        } else {
            refused[operation.name, default: 0] += 1
        }
    }

    mutating func read(_ operation: CloudOperation, _ raw: [String: JSONValue]) throws {
        var raw = raw
        raw["missing_is_empty"] = nil
        let answer = try planner.show(operation, planned(.object(raw), placeholders).objectValue ?? [:])
        if operation.parameter("fields") != nil, raw["fields"] == nil {
            raw["fields"] = operation.defaultFields.map(JSONValue.integer)
        }
        let expected = whole.apply(operation, try Arguments(raw, for: operation), page: .everything, at: now)
        if operation.effect == .secret, case .cannotTell = answer.answer { return }
        compare(answer, expected, operation, raw)
    }

    mutating func readEverything() throws {
        func entry(_ name: OperationName) throws -> CloudOperation { try #require(Catalog.iwinv[name]) }
        try read(try entry("instances.list"), ["fields": 131_071])
        try read(try entry("storage.list"), [:])
        try read(try entry("firewall.list"), [:])
        for server in whole.servers {
            try read(try entry("instances.get"), ["instance_id": .string(server.id), "fields": 131_071])
        }
        for volume in whole.volumes { try read(try entry("storage.get"), ["block_storage_id": .string(volume.id)]) }
        for firewall in whole.firewalls {
            for name: OperationName in ["firewall.get", "firewall.rules.list", "firewall.instances"] {
                try read(try entry(name), ["firewall_id": .string(firewall.id)])
            }
        }
    }

    // MARK: Comparing

    private mutating func compare(
        _ answer: PlannedAnswer, _ expected: Answer, _ operation: CloudOperation, _ raw: [String: JSONValue]
    ) {
        guard case .rows(let found, _, _) = answer.answer, let wanted = expected.rows else {
            switch (answer.answer, expected) {
            case (.refused(let ours), .refused(let theirs)) where ours.code == theirs.code: break
            case (.text, .text): break
            default: Issue.record("\(operation.name) \(raw) at \(now): \(answer.answer), not \(expected)")
            }
            return
        }
        let key = operation.row?.key
        let doubtful = Set(answer.cannotTell.filter { $0.field == nil }.compactMap(\.id))
        func comparable(_ rows: [JSONValue]) -> [JSONValue] {
            let kept = rows.map { row -> JSONValue in
                guard case .object(var members) = row else { return row }
                for unknown in answer.cannotTell {
                    if let field = unknown.field, key.flatMap({ members[$0] })?.stringValue == unknown.id {
                        members[field] = nil
                    }
                }
                // Its token is a matter of time.
                members["vnc"] = nil
                if operation.name == "instances.console" { members = [:] }
                if !hasOrder, let list = members["block_storage"]?.arrayValue?.compactMap(\.stringValue) {
                    members["block_storage"] = .array(list.sorted().map(JSONValue.string))
                }
                return .object(members)
            }.filter { row in !doubtful.contains(key.flatMap { row[$0]?.stringValue } ?? "") }
            guard !hasOrder, let key else { return kept }
            return kept.sorted { ($0[key]?.identifierText ?? "") < ($1[key]?.identifierText ?? "") }
        }
        let texts = placeholders
        let (ours, theirs) = (comparable(found), comparable(wanted.map { planned($0, texts) }))
        rows += ours.count
        if !operation.effect.isChange { reads += 1 }
        guard ours != theirs else { return }
        for (mine, other) in zip(ours, theirs) where mine != other {
            let fields = Set((mine.objectValue ?? [:]).keys).union((other.objectValue ?? [:]).keys)
            for field in fields.sorted() where mine[field] != other[field] {
                Issue.record(
                    """
                    \(operation.name) \(raw) at \(now): \(field) of \(key.flatMap { mine[$0] } ?? .null) \
                    is \(String(describing: mine[field])), not \(String(describing: other[field]))
                    """)
            }
            return
        }
        Issue.record("\(operation.name) \(raw) at \(now): \(ours.count) rows, not \(theirs.count)")
    }
}
