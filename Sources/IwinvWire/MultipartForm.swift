/// A `multipart/form-data` body of text fields.
package enum MultipartForm {
    /// The body and the boundary used: the one given, lengthened if a value contains it.
    package static func encode(
        _ fields: [(name: String, value: String)], boundary wanted: String
    ) -> (body: [UInt8], boundary: String) {
        var boundary = wanted
        while fields.contains(where: { $0.value.contains(boundary) || $0.name.contains(boundary) }) { boundary += "x" }
        var body: [UInt8] = []
        for (name, value) in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
        }
        body += "--\(boundary)--\r\n".utf8
        return (body, boundary)
    }

    /// The fields of a body; nil if it is not well-formed.
    package static func decode(_ body: [UInt8], boundary: String) -> [(name: String, value: [UInt8])]? {
        let delimiter = Array("--\(boundary)".utf8)
        let separator = Array("\r\n--\(boundary)".utf8)
        let blank = Array("\r\n\r\n".utf8)
        guard !boundary.isEmpty, var position = body[...].firstRange(of: delimiter)?.upperBound else { return nil }
        var fields: [(name: String, value: [UInt8])] = []
        while true {
            if body[position...].starts(with: Array("--".utf8)) { return fields }
            guard body[position...].starts(with: Array("\r\n".utf8)),
                let headEnd = body[position...].firstRange(of: blank),
                let end = body[(headEnd.upperBound - 2)...].firstRange(of: separator)
            else { return nil }
            let head = String(decoding: body[position..<headEnd.lowerBound], as: UTF8.self)
            guard let name = fieldName(head) else { return nil }
            // An empty value leaves only the line break that belongs to the delimiter.
            fields.append((name, Array(body[min(headEnd.upperBound, end.lowerBound)..<end.lowerBound])))
            position = end.upperBound
        }
    }

    /// The boundary of a content type; nil if it is no multipart form.
    package static func boundary(of contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map { $0.trimmed }
        guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
        for part in parts.dropFirst() where part.lowercased().hasPrefix("boundary=") {
            let value = part.dropFirst("boundary=".count)
            return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
        }
        return nil
    }

    private static func fieldName(_ head: String) -> String? {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-disposition:") {
            for part in line.split(separator: ";") where part.trimmed.lowercased().hasPrefix("name=") {
                let value = part.trimmed.dropFirst("name=".count)
                return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
            }
        }
        return nil
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let head = drop(while: isBlank)
        return String(head.reversed().drop(while: isBlank).reversed())
    }
}
