import IwinvCatalog
import IwinvWire
import TestSupport

/// A cloud that answers every request with hostile texts, in each field that its catalog has.
enum HostileCloud {
    enum Mode: String, Sendable, CaseIterable {
        /// Rows whose texts are all hostile.
        case rows
        /// Refusals: message, result and codes.
        case refusals
        /// Replies that are none.
        case nonsense
    }

    static func start(_ mode: Mode) async throws -> RawServer {
        try await RawServer.start { request in
            let words = request.prefix { $0 != "\r\n" }.split(separator: " ")
            let path = words.count > 1 ? words[1].prefix { $0 != "?" } : ""
            let method = words.first.flatMap { HTTPMethod(rawValue: String($0)) } ?? .get
            guard let (operation, values) = Catalog.iwinv.route(method, String(path)) else {
                return .http("404 Not Found", HostileText.text)
            }
            return switch mode {
            case .rows: .http("200 OK", rows(operation, values), headers: "Content-Type: application/json\r\n")
            case .refusals:
                .http("400 Bad Request", refusal, headers: "Content-Type: application/json\r\n")
            case .nonsense: .http("200 OK", HostileText.text, headers: "Content-Type: text/html\r\n")
            }
        }
    }

    private static func rows(_ operation: CloudOperation, _ values: [String: String]) -> String {
        guard let row = operation.row else { return text(Envelope.success()) }
        var members = object(row.fields)
        // A row that is asked for by its key has it.
        if let key = row.key, let value = values[key] { members[key] = .string(value) }
        return text(Envelope.success(rows: [.object(members)]))
    }

    private static func object(_ fields: [RowField]) -> [String: JSONValue] {
        Dictionary(fields.map { ($0.name, value($0.type, $0.name)) }, uniquingKeysWith: { $1 })
    }

    private static func value(_ type: FieldType, _ name: String) -> JSONValue {
        switch type {
        case .string: .string(marker(name) + HostileText.text)
        case .integer: 3
        case .boolean: true
        case .any: [HostileText.text: .string(marker(name) + HostileText.text)]
        case .object(let fields): .object(object(fields))
        case .list(let element): .array([value(element, name)])
        }
    }

    /// By which a field is found in an output.
    static func marker(_ field: String) -> String { "Qfield_\(field)_" }

    private static let refusal: String = {
        guard case .object(var members) = Envelope.failure(.notFound, message: HostileText.text) else { return "" }
        for name in members.keys where members[name]?.stringValue != nil { members[name] = .string(HostileText.text) }
        return text(.object(members))
    }()

    private static func text(_ value: JSONValue) -> String { String(decoding: JSONCodec.encode(value), as: UTF8.self) }
}
