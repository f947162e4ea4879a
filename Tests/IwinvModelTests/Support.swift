import Clocks
import IwinvCatalog
import IwinvModel
import Testing

/// 2024-03-09T16:00:00Z, which is 2024-03-10 01:00:00 in Seoul.
let start = Instant(seconds: 1_710_000_000)

let seoul = "kr1_z09"
let rocky = "PIMAGE-1Pos3S8VaJXq3wgC8c4BMi"

extension Cloud {
    /// One call with its arguments checked, as the wire would hand them over.
    mutating func call(
        _ operation: OperationName, _ raw: [String: JSONValue] = [:], in family: FirewallFamily? = nil,
        page: Page? = nil, at instant: Instant = start
    ) throws -> Answer {
        let entry = try #require(
            family.map { Catalog.iwinv[operation, $0] } ?? Catalog.iwinv[operation], "no \(operation)")
        return apply(entry, try Arguments(raw, for: entry, on: .server), page: page, at: instant)
    }

    /// The rows of a call that the cloud must grant.
    @discardableResult
    mutating func rows(
        _ operation: OperationName, _ raw: [String: JSONValue] = [:], in family: FirewallFamily? = nil,
        page: Page? = nil, at instant: Instant = start
    ) throws -> [JSONValue] {
        let answer = try call(operation, raw, in: family, page: page, at: instant)
        return try #require(answer.rows, "\(operation) was refused: \(answer)")
    }

    /// The only row of a call that the cloud must grant.
    @discardableResult
    mutating func row(
        _ operation: OperationName, _ raw: [String: JSONValue] = [:], in family: FirewallFamily? = nil,
        at instant: Instant = start
    ) throws -> JSONValue {
        let rows = try rows(operation, raw, in: family, at: instant)
        try #require(rows.count == 1)
        return try #require(rows.first)
    }

    /// Expects a refusal that changes nothing.
    mutating func expectRefusal(
        _ code: ErrorCode, _ operation: OperationName, _ raw: [String: JSONValue] = [:],
        in family: FirewallFamily? = nil, at instant: Instant = start,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = self
        let answer = try call(operation, raw, in: family, at: instant)
        #expect(answer.refusal?.code == code, "\(operation) answered \(answer)", sourceLocation: sourceLocation)
        #expect(self == before, sourceLocation: sourceLocation)
    }

    mutating func names(_ filter: [String: JSONValue], at instant: Instant = start) throws -> [String] {
        try rows("instances.list", filter, page: .everything, at: instant).compactMap { $0["name"]?.stringValue }
    }

    /// The status that a look at a server shows; nil when it is gone.
    mutating func status(_ id: String, at instant: Instant) throws -> String? {
        let answer = try call("instances.get", ["instance_id": .string(id)], at: instant)
        if answer.refusal?.code == .invalidIdentifier { return nil }
        return answer.rows?.first?["status"]?.stringValue
    }

    /// The identifier of the server of a name.
    func id(_ name: String) throws -> String {
        try #require(servers.first { $0.name == name }?.id)
    }
}

/// A cloud with one server, `box-01`, in a status that lasts.
func oneServer(_ status: ServerStatus = .active, flavor: String? = nil, image: String? = nil) throws -> Cloud {
    try Cloud(
        FleetDescription(servers: [.init("box-01", status: status, flavor: flavor, image: image)]), seed: 7, at: start)
}
