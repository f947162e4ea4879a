public import IwinvCatalog

extension RequestCodec {
    /// The call that a request makes, unchecked: hand `raw` to `Arguments(_:for:)`.
    ///
    /// Values have the types that the catalog wants where the text allows it, and stay text where it does not, so that
    /// the check can say what is wrong. Unknown keys of query and body are dropped; a query value that is empty counts
    /// as absent, and so does a `fields` that is no positive number (CONTRACT 1.12). Forms may be multipart, whose
    /// percent-encoded texts are decoded once (CONTRACT U37), or `x-www-form-urlencoded`, which is decoded by itself.
    ///
    /// - Parameters:
    ///   - path: The values in the path, by `Catalog.route(_:_:)`.
    ///   - query: What follows the `?`.
    /// - Returns: The arguments, and for a paged list which page, with defaults filled in.
    /// - Throws: ``RequestProblem``.
    public static func decode(
        _ operation: CloudOperation, path: [String: String], query: String?, contentType: String?, body: [UInt8]
    ) throws(RequestProblem) -> (raw: [String: JSONValue], page: PageRequest?) {
        var raw: [String: JSONValue] = [:]
        for parameter in operation.parameters where parameter.place == .path {
            raw[parameter.name] = path[parameter.name].flatMap { typed($0, parameter.type) }
        }
        let queryPairs = Dictionary(
            PercentCoding.pairs(query ?? "").map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        for parameter in operation.parameters where parameter.place == .query {
            guard let text = queryPairs[parameter.name], !text.isEmpty else { continue }
            raw[parameter.name] = typed(text, parameter.type)
        }
        for (name, value) in try decodeBody(operation, contentType, body) { raw[name] = value }
        let page = operation.paging.map {
            PageRequest(number: queryPairs["page_no"], size: queryPairs["page_size"], paging: $0)
        }
        return (raw, page)
    }

    private static func decodeBody(
        _ operation: CloudOperation, _ contentType: String?, _ body: [UInt8]
    ) throws(RequestProblem) -> [String: JSONValue] {
        let parameters = operation.parameters.filter { $0.place == .body }
        guard operation.body != .none, !body.isEmpty else { return [:] }
        let contentType = contentType ?? ""
        let mediaType = contentType.prefix { $0 != ";" }.trimmed.lowercased()
        switch operation.body {
        case .none:
            return [:]
        case .json:
            guard mediaType == "application/json" else { throw .missingBody }
            return try json(body, parameters)
        case .multipart, .form:
            if let boundary = MultipartForm.boundary(of: contentType) {
                guard let fields = MultipartForm.decode(body, boundary: boundary) else {
                    throw .malformedBody("not a well-formed multipart body")
                }
                return form(fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }, parameters) {
                    PercentCoding.decode(Array($0.utf8))
                }
            }
            guard mediaType == "application/x-www-form-urlencoded" else { throw .missingBody }
            return form(PercentCoding.pairs(String(decoding: body, as: UTF8.self)), parameters) { $0 }
        }
    }

    private static func json(
        _ body: [UInt8], _ parameters: [Parameter]
    ) throws(RequestProblem) -> [String: JSONValue] {
        let document: JSONValue
        do {
            document = try JSONCodec.decode(body)
        } catch {
            throw .malformedBody("\(error)")
        }
        guard let members = document.objectValue else { throw .malformedBody("the JSON body is not an object") }
        return members.filter { name, _ in parameters.contains { $0.name == name } }
    }

    /// - Parameter unescape: Undoes the percent-encoding that a caller puts on texts of a multipart form.
    private static func form(
        _ fields: [(name: String, value: String)], _ parameters: [Parameter], unescape: (String) -> String
    ) -> [String: JSONValue] {
        var raw: [String: JSONValue] = [:]
        for parameter in parameters {
            if case .records(let members, _) = parameter.type {
                let records = records(fields, parameter.name, members, unescape)
                if !records.isEmpty { raw[parameter.name] = .array(records) }
            } else if let field = fields.last(where: { $0.name == parameter.name }) {
                raw[parameter.name] = typed(
                    parameter.isPercentEncoded ? unescape(field.value) : field.value, parameter.type)
            }
        }
        return raw
    }

    /// The records of `block_storage.1.size` and the like, by number; gaps are closed up (CONTRACT U15).
    private static func records(
        _ fields: [(name: String, value: String)], _ name: String, _ members: [Parameter],
        _ unescape: (String) -> String
    ) -> [JSONValue] {
        var records: [Int: [String: JSONValue]] = [:]
        for field in fields where field.name.hasPrefix(name + ".") {
            let parts = field.name.dropFirst(name.count + 1).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0]), number > 0,
                let member = members.first(where: { $0.name == parts[1] })
            else { continue }
            records[number, default: [:]][member.name] = typed(
                member.isPercentEncoded ? unescape(field.value) : field.value, member.type)
        }
        return records.sorted { $0.key < $1.key }.map { .object($0.value) }
    }

    private static func typed(_ text: String, _ type: ParameterType) -> JSONValue? {
        switch type {
        case .integer, .multiple: Int64(text).map(JSONValue.integer) ?? .string(text)
        case .fields:
            // Higher bits seem harmless (CONTRACT 1.12), so a server passes them over.
            Int64(text).map { $0 & (1 << 18 - 1) }.flatMap { $0 > 0 ? .integer($0) : nil }
        default: .string(text)
        }
    }
}

/// Why a request's body cannot be read.
public enum RequestProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is a body, but not of a kind that this operation reads (CONTRACT U39).
    case missingBody
    /// It is not well-formed; the text says how.
    case malformedBody(String)

    public var description: String {
        switch self {
        case .missingBody: "the body has not the content type that this operation reads"
        case .malformedBody(let detail): "the body cannot be read: \(detail)"
        }
    }
}
