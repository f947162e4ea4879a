import Clocks
import IwinvCatalog
import IwinvModel
import Testing

/// Does with an overlay what a gate does: makes the reads that it asks for, and sends nothing else.
struct Planner {
    /// The cloud, which no plan changes.
    var live: Cloud
    var overlay: Overlay
    /// The plan's time.
    var now = start
    /// The reads that were made.
    var reads: [OperationName] = []

    init(_ live: Cloud) {
        self.live = live
        overlay = Overlay(at: start)
    }

    /// What the cloud answers a read. No time passes there while a plan is made.
    private mutating func ask(_ operation: CloudOperation, _ arguments: Arguments) throws -> Answer {
        var values = arguments.values
        if operation.parameter("fields") != nil, values["fields"] == nil {
            values["fields"] = operation.defaultFields.map(JSONValue.integer)
        }
        reads.append(operation.name)
        return live.apply(operation, try Arguments(values, for: operation), page: .everything, at: start)
    }

    mutating func learn(_ name: OperationName, _ raw: [String: JSONValue] = [:]) throws {
        let operation = try #require(Catalog.iwinv[name])
        try #require(!operation.effect.isChange)
        let arguments = try Arguments(raw, for: operation)
        if let rows = try ask(operation, arguments).rows {
            overlay.learn(rows, from: operation, arguments, at: now)
        } else {
            overlay.learnAbsence(from: operation, arguments)
        }
    }

    mutating func plan(_ operation: CloudOperation, _ raw: [String: JSONValue]) throws -> PlannedAnswer {
        let arguments = try Arguments(raw, for: operation)
        var rounds = 0
        while case let needs = overlay.missing(for: operation, arguments), !needs.isEmpty {
            for need in needs { try learn(need.operation, need.arguments) }
            rounds += 1
            try #require(rounds < 5, "\(operation.name) never has enough: \(needs)")
        }
        return overlay.apply(operation, arguments, at: now)
    }

    /// A read in the planned world; what the cloud refuses is refused.
    mutating func show(_ operation: CloudOperation, _ raw: [String: JSONValue]) throws -> PlannedAnswer {
        let arguments = try Arguments(raw, for: operation)
        guard overlay.needsLive(operation, arguments, at: now) else {
            return overlay.show(nil, of: operation, arguments, at: now)
        }
        let answer = try ask(operation, arguments)
        guard let rows = answer.rows else {
            // A plan has nothing to add to a no of the cloud.
            return overlay.show(nil, of: operation, arguments, at: now).replacing(answer)
        }
        overlay.learn(rows, from: operation, arguments, at: now)
        for need in overlay.missing(toShow: rows, of: operation, arguments, at: now) {
            try learn(need.operation, need.arguments)
        }
        return overlay.show(rows, of: operation, arguments, at: now)
    }

    // MARK: For tests by name

    @discardableResult
    mutating func plan(_ name: OperationName, _ raw: [String: JSONValue]) throws -> PlannedAnswer {
        try plan(try #require(Catalog.iwinv[name]), raw)
    }

    mutating func show(_ name: OperationName, _ raw: [String: JSONValue] = [:]) throws -> PlannedAnswer {
        try show(try #require(Catalog.iwinv[name]), raw)
    }

    /// The rows of a yes.
    mutating func rows(_ name: OperationName, _ raw: [String: JSONValue] = [:]) throws -> [JSONValue] {
        let answer = try show(name, raw)
        return try #require(answer.answer.rows, "\(name): \(answer)")
    }

    mutating func names(_ filter: [String: JSONValue] = [:]) throws -> [String] {
        try rows("instances.list", filter).compactMap { $0["name"]?.stringValue }
    }

    /// The status that a look shows; nil when there is nothing to be seen.
    mutating func status(_ id: String) throws -> String? {
        try show("instances.get", ["instance_id": .string(id)]).answer.rows?.first?["status"]?.stringValue
    }
}

extension PlannedAnswer {
    /// The cloud's own answer in place of this one.
    fileprivate func replacing(_ answer: Answer) -> PlannedAnswer {
        var copy = self
        copy.answer = answer
        return copy
    }
}
