import IwinvCatalog

extension IwinvClient {
    public var zones: Zones { Zones(client: self) }
    public var flavors: Flavors { Flavors(client: self) }
    public var images: Images { Images(client: self) }
    public var sshKeys: SSHKeys { SSHKeys(client: self) }
    public var instances: Instances { Instances(client: self) }
    public var storage: Storage { Storage(client: self) }
    public var bill: Bills { Bills(client: self) }
    public var firewall: Firewalls { Firewalls(client: self) }

    /// The catalog's entry of a name that this library itself wrote.
    func operation(_ name: OperationName) -> CloudOperation {
        guard let operation = catalog[name] else { preconditionFailure("the catalog has no operation `\(name)`") }
        return operation
    }

    /// Checks the arguments of a call; nil values count as not given.
    func arguments(
        _ operation: CloudOperation, _ raw: [String: JSONValue?]
    ) throws(CloudError) -> Arguments {
        do {
            return try Arguments(raw.compactMapValues { $0 }, for: operation)
        } catch {
            // The error names the operation itself; only a record inside an argument is still to be named.
            let place = error.owner.dropFirst("\(operation.name), ".count)
            throw CloudError(
                .invalid,
                place.isEmpty ? error.sentence : LocalizedText("\(place): ", "\(place): ") + error.sentence,
                operation: operation.name)
        }
    }

    /// All rows of a list.
    func list<Row: CloudRow>(
        _ name: OperationName, _ raw: [String: JSONValue?]
    ) async throws(CloudError) -> [Row] {
        let operation = operation(name)
        return try await all(operation, try arguments(operation, raw)).map(Row.init(row:))
    }

    /// The only row of an answer; an empty one where the cloud only nodded.
    func call<Row: CloudRow>(
        _ name: OperationName, _ raw: [String: JSONValue?]
    ) async throws(CloudError) -> Row {
        let operation = operation(name)
        let reply = try await perform(operation, try arguments(operation, raw))
        if let row = reply.rows.first { return Row(row: row) }
        if case .acknowledgement = operation.result { return Row(row: .object([:])) }
        throw CloudError(
            .network,
            LocalizedText("the cloud accepted the request, but its answer has no row", "클라우드가 요청을 받았으나 응답에 행이 없습니다"),
            operation: name,
            status: reply.status, outcome: .accepted)
    }
}

extension JSONValue {
    static func text(_ value: String?) -> JSONValue? { value.map(JSONValue.string) }
    static func number(_ value: Int?) -> JSONValue? { value.map { .integer(Int64($0)) } }
    static func list(_ values: [String]?) -> JSONValue? {
        values.flatMap { $0.isEmpty ? nil : .array($0.map(JSONValue.string)) }
    }
}
