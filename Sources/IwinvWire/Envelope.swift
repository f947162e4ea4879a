public import IwinvCatalog

/// The frame around every answer of the cloud (CONTRACT 1.9, 1.10).
public struct Envelope: Sendable, Hashable {
    /// HTTP status.
    public var status: Int
    /// `0x00` for success; empty if the answer had none.
    public var code: String
    /// Empty if the answer had none.
    public var errorCode: ErrorCode
    /// The cloud's text: untrusted; empty if the answer had none.
    public var message: String
    /// An array of rows, an object, a string or null: each occurs.
    public var result: JSONValue
    /// Rows in this answer, not in all (CONTRACT U42).
    public var count: Int?
    public var pageNumber: Int?
    public var pageSize: Int?
    /// Rows in all; flavors only.
    public var total: Int?

    /// Reads an answer; unknown keys are passed over, paging numbers may be strings.
    ///
    /// - Throws: ``EnvelopeProblem`` if the body is not an object with a `code` or an `error_code`.
    public init(status: Int, body: [UInt8]) throws(EnvelopeProblem) {
        let document: JSONValue
        do {
            document = try JSONCodec.decode(body)
        } catch {
            throw EnvelopeProblem(status: status, body: body, problem: error)
        }
        let code = document["code"]?.stringValue
        let errorCode = document["error_code"]?.stringValue
        guard code != nil || errorCode != nil else { throw EnvelopeProblem(status: status, document: document) }
        self.status = status
        self.code = code ?? ""
        self.errorCode = ErrorCode(rawValue: errorCode ?? "")
        message = document["message"]?.stringValue ?? ""
        result = document["result"] ?? .null
        count = Self.integer(document["count"])
        pageNumber = Self.integer(document["page_no"])
        pageSize = Self.integer(document["page_size"])
        total = Self.integer(document["total"])
    }

    /// A 2xx status and both codes of success: each alone is not enough (CONTRACT 1.8).
    public var isSuccess: Bool {
        (200..<300).contains(status) && code == "0x00" && errorCode == .success
    }

    /// The object exists but another operation is under way (CONTRACT 2.2).
    public var isBusy: Bool {
        Self.saysBusy(message) || Self.saysBusy(result.stringValue ?? result["message"]?.stringValue ?? "")
    }

    /// Whether a text of the cloud says "busy with another operation".
    package static func saysBusy(_ text: String) -> Bool {
        text.filter { $0 != " " }.contains(busyCore)
    }

    /// The rows of the result: an array's objects, or the object itself; none for text and null.
    public var rows: [JSONValue] {
        switch result {
        case .array(let rows): rows
        case .object: [result]
        default: []
        }
    }

    /// What the answer says in words, wherever it says it: `message`, else the text inside `result`.
    public var text: String {
        if !message.isEmpty { return message }
        return result["message"]?.stringValue ?? result.stringValue.flatMap { $0 == "error" ? nil : $0 } ?? ""
    }

    private static let busyCore = "다른작업을진행중"

    private static func integer(_ value: JSONValue?) -> Int? {
        value?.lenientIntegerValue.flatMap { Int(exactly: $0) }
    }
}
