import TestSupport
@testable import IwinvCatalog
import IwinvWire
import Testing

/// Every file of the contract's examples, by its index.
@Suite struct ExamplesTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var file: String
        var facts: JSONValue
        var testDescription: String { file }
        var kind: String? { facts["kind"]?.stringValue }
        var status: Int? { facts["http_status"]?.integerValue.map(Int.init) }
        var operation: CloudOperation? {
            Catalog.iwinv.operations.first { $0.contractID == facts["operation"]?.stringValue }
        }
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        try Fixtures.bytes("examples/\(file)")
    }

    static let all: [Example] = {
        let index = (try? JSONCodec.decode(bytes("INDEX.json")))?.objectValue ?? [:]
        return index.sorted { $0.key < $1.key }.map { Example(file: $0.key, facts: $0.value) }
    }()

    @Test func `the index is there, and every operation of the catalog has an example`() {
        #expect(Self.all.count > 60)
        let covered = Set(Self.all.compactMap { $0.operation?.name })
        #expect(covered == Set(Catalog.iwinv.operations.map(\.name)))
    }

    @Test(arguments: all) func `it survives being read and written`(_ example: Example) throws {
        let value = try JSONCodec.decode(try Self.bytes(example.file))
        #expect(try JSONCodec.decode(JSONCodec.encode(value)) == value)
        #expect(try JSONCodec.decode(JSONCodec.encode(value, pretty: true)) == value)
    }

    @Test(arguments: all.filter { $0.kind != "request" && $0.status != 422 })
    func `an answer is an envelope whose codes agree with its status`(_ example: Example) throws {
        let status = try #require(example.status)
        let envelope = try Envelope(status: status, body: try Self.bytes(example.file))
        #expect(envelope.isSuccess == (status < 300))
        if let entry = envelope.errorCode.entry { #expect(entry.wireCode == envelope.code) }
    }

    @Test(arguments: all.filter { $0.kind == "response" && $0.operation != nil && ($0.status ?? 500) < 300 })
    func `a row of a known operation has the keys that the catalog says`(_ example: Example) throws {
        let operation = try #require(example.operation)
        let type = try #require(operation.row)
        let envelope = try Envelope(status: example.status ?? 0, body: try Self.bytes(example.file))
        for row in envelope.rows {
            let keys = try #require(row.objectValue).keys
            for key in keys { #expect(type.field(key) != nil, "\(type.name) has no `\(key)`") }
            if let key = type.key, operation.paging != nil { #expect(row[key]?.stringValue != nil) }
        }
    }

    /// The catalog has no operation with a JSON body yet, so this test makes one.
    @Test func `the JSON body of a request is what the codec writes and reads, and is not percent-encoded`() throws {
        let text = ParameterType.text(length: 1...50, characters: .printable)
        func field(_ name: String, _ type: ParameterType) -> Parameter {
            Parameter(name, type, in: .body, help: LocalizedText("", ""))
        }
        let rule = ["bound", "protocol", "port", "ip", "content", "title"].map { field($0, text) }
        var operation = try #require(Catalog.iwinv["instances.create"])
        operation.body = .json
        operation.parameters = ["title", "content", "icmp"].map { field($0, text) }
        operation.parameters.append(field("rules", .records(rule, count: 0...50)))
        let body = try JSONCodec.decode(try Self.bytes("create_firewall.request.json"))
        let raw = try #require(body.objectValue)
        let request = RequestCodec.encode(operation, try Arguments(raw, for: operation), boundary: "b0")
        #expect(request.contentType == "application/json")
        #expect(try JSONCodec.decode(request.body) == body)
        let read = try RequestCodec.decode(
            operation, path: [:], query: nil, contentType: "application/json; charset=utf-8", body: request.body)
        #expect(read.raw == raw)
        #expect(throws: RequestProblem.missingBody) {
            try RequestCodec.decode(operation, path: [:], query: nil, contentType: "text/plain", body: request.body)
        }
        #expect(throws: RequestProblem.self) {
            try RequestCodec.decode(operation, path: [:], query: nil, contentType: "application/json", body: [0x7B])
        }
    }

    @Test func `a complaint about fields is no envelope but keeps its texts`() throws {
        let body = try Self.bytes("error_validation_422.json")
        let problem = try #require(throws: EnvelopeProblem.self) { try Envelope(status: 422, body: body) }
        #expect(problem.kind == .validation(["description: The description field is required."]))
    }

    @Test func `the busy example is busy and the other 404 is not`() throws {
        #expect(try Envelope(status: 404, body: try Self.bytes("error_busy.json")).isBusy)
        #expect(try !Envelope(status: 404, body: try Self.bytes("error_not_found.json")).isBusy)
    }
}
