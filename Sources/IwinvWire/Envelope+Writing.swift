public import IwinvCatalog

extension Envelope {
    /// The body of a success (CONTRACT 1.9).
    ///
    /// - Parameters:
    ///   - rows: The rows of this page.
    ///   - page: The page they are; nil where the list has no paging keys.
    ///   - total: How many rows there are in all; only the flavor list says so.
    ///   - pagingAsText: Write the paging numbers as strings, as the bill list does.
    public static func success(
        rows: [JSONValue], page: PageRequest? = nil, total: Int? = nil, pagingAsText: Bool = false
    ) -> JSONValue {
        var members = head("0x00", .success, "", result: .array(rows))
        members["count"] = .integer(Int64(rows.count))
        if let page {
            members["page_no"] = pagingAsText ? .string(String(page.number)) : .integer(Int64(page.number))
            members["page_size"] = pagingAsText ? .string(String(page.size)) : .integer(Int64(page.size))
        }
        if let total { members["total"] = .integer(Int64(total)) }
        return .object(members)
    }

    /// The body of a success whose result is a word, as some deletions answer (CONTRACT U35).
    public static func success(text: String = "success") -> JSONValue {
        .object(head("0x00", .success, "", result: .string(text)))
    }

    /// The body of an error (CONTRACT 1.10); its HTTP status is a matter of the caller (`ErrorEntry.status`).
    ///
    /// - Parameters:
    ///   - message: The code's name if not given (CONTRACT U6).
    ///   - result: The word "error" if not given (CONTRACT U7).
    public static func failure(
        _ errorCode: ErrorCode, message: String? = nil, result: JSONValue = "error"
    ) -> JSONValue {
        .object(head(errorCode.entry?.wireCode ?? "0x1", errorCode, message ?? errorCode.rawValue, result: result))
    }

    /// The body of the answer "busy with another operation", which comes with HTTP 404 (CONTRACT 2.2).
    public static var busy: JSONValue {
        failure(.notFound, message: busyMessage, result: .string(busyMessage))
    }

    static let busyMessage = "서비스가 다른 작업을 진행중입니다."

    private static func head(
        _ code: String, _ errorCode: ErrorCode, _ message: String, result: JSONValue
    ) -> [String: JSONValue] {
        [
            "code": .string(code), "error_code": .string(errorCode.rawValue), "message": .string(message),
            "result": result,
        ]
    }
}
