public import IwinvCatalog

/// Calls to requests and back, both by the catalog's entry.
///
/// ```swift
/// guard let edit = Catalog.iwinv["instances.edit"] else { return }
/// let arguments = try Arguments(["instance_id": "INSTANCE-a", "name": "웹-01"], for: edit)
/// let request = RequestCodec.encode(edit, arguments, boundary: "iwlua-4f1d")
/// ```
public enum RequestCodec {
    /// The request of a call.
    ///
    /// Without `fields` the operation's default mask is sent; lists are joined by commas; the records of a form are
    /// `block_storage.1.size` (CONTRACT 3.5); text of a form is percent-encoded once, JSON text is not (CONTRACT 1.7). A
    /// form without a field is a request without a body.
    ///
    /// - Parameters:
    ///   - arguments: Checked for this operation.
    ///   - page: Which page of a list; nil where none is to be asked for.
    ///   - body: How the body is written, where it has one, in place of the operation's own way.
    ///   - boundary: Separates the parts of a form; lengthened if a value contains it.
    /// - Precondition: The arguments have a valid identifier for each parameter in the path.
    public static func encode(
        _ operation: CloudOperation, _ arguments: Arguments, page: PageRequest? = nil, body: BodyEncoding? = nil,
        boundary: String
    ) -> WireRequest {
        var request = WireRequest(method: operation.method, path: path(operation, arguments))
        for parameter in operation.parameters where parameter.place == .query {
            var value = arguments[parameter.name]
            if value == nil, case .fields = parameter.type { value = operation.defaultFields.map(JSONValue.integer) }
            if let value { request.query.append(QueryItem(parameter.name, text(value))) }
        }
        if let page {
            request.query.append(QueryItem("page_no", String(page.number)))
            request.query.append(QueryItem("page_size", String(page.size)))
        }
        encodeBody(operation, arguments, body ?? operation.body, boundary, into: &request)
        return request
    }

    private static func path(_ operation: CloudOperation, _ arguments: Arguments) -> String {
        operation.path.segments.map { segment in
            switch segment {
            case .literal(let text): return "/" + text
            case .parameter(let name):
                let value = arguments[name].map(text) ?? ""
                precondition(
                    Identifier.isValid(value), "\(operation.name): `\(name)` was not checked for this operation")
                return "/" + value
            }
        }.joined()
    }

    private static func encodeBody(
        _ operation: CloudOperation, _ arguments: Arguments, _ body: BodyEncoding, _ boundary: String,
        into request: inout WireRequest
    ) {
        let parameters = operation.parameters.filter { $0.place == .body && arguments[$0.name] != nil }
        switch operation.body == .none ? .none : body {
        case .none:
            return
        case .json:
            let members = parameters.compactMap { parameter in arguments[parameter.name].map { (parameter.name, $0) } }
            request.contentType = "application/json"
            request.body = JSONCodec.encode(.object(Dictionary(members, uniquingKeysWith: { $1 })))
        case .form:
            // Encoded once, as in the other form: there it is the caller's work, here the form's own.
            let fields = parameters.flatMap { formFields($0, arguments[$0.name] ?? .null, prefix: "", encodes: false) }
            guard !fields.isEmpty else { return }
            request.contentType = "application/x-www-form-urlencoded"
            request.body = Array(
                fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
                    .joined(separator: "&").utf8)
        case .multipart:
            let fields = parameters.flatMap { formFields($0, arguments[$0.name] ?? .null, prefix: "") }
            guard !fields.isEmpty else { return }
            let form = MultipartForm.encode(fields, boundary: boundary)
            request.contentType = "multipart/form-data; boundary=\(form.boundary)"
            request.body = form.body
        }
    }

    /// - Parameter encodes: Whether the texts that the catalog names are percent-encoded.
    private static func formFields(
        _ parameter: Parameter, _ value: JSONValue, prefix: String, encodes: Bool = true
    ) -> [(name: String, value: String)] {
        let name = prefix + parameter.name
        guard case .records(let members, _) = parameter.type else {
            return [(name, encodes && parameter.isPercentEncoded ? PercentCoding.encode(text(value)) : text(value))]
        }
        return (value.arrayValue ?? []).enumerated().flatMap { index, record in
            members.flatMap { member in
                record[member.name].map { formFields(member, $0, prefix: "\(name).\(index + 1).", encodes: encodes) }
                    ?? []
            }
        }
    }

    /// A checked argument as the text of a query or a form.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .array(let items): items.map(text).joined(separator: ",")
        case .null, .object: ""
        }
    }
}
