import Clocks
import Foundation
import IwinvCatalog
import IwinvWire

/// Tables that people keep in files: JSON, or CSV as spreadsheets write it.
enum TableText {
    static let maximumBytes = 1 << 20
    static let maximumRows = 10_000

    /// A JSON array or object, or CSV: the first line names the columns, each further line is an object of strings.
    static func parse(_ text: String) throws(ParameterValue.Problem) -> JSONValue {
        guard text.utf8.count <= maximumBytes else {
            throw .init(reason: "is larger than \(maximumBytes / 1024) KiB")
        }
        let body = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        let start = body.first { !$0.isWhitespace }
        if start == "[" || start == "{" {
            let document: JSONValue
            do { document = try JSONCodec.decode(Array(body.utf8)) } catch {
                throw .init(reason: "is not readable as JSON: \(error)")
            }
            // Lua would see a list that ends before the null.
            if let index = document.arrayValue?.firstIndex(of: .null) {
                throw .init(reason: "has a null as element \(index + 1)")
            }
            return document
        }
        return try csv(body)
    }

    private static func csv(_ text: String) throws(ParameterValue.Problem) -> JSONValue {
        var rows = try records(text)
        guard !rows.isEmpty else { return .array([]) }
        let names = rows.removeFirst().fields.map { $0.trimmingCharacters(in: .whitespaces) }
        if let twice = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 })?.key {
            throw .init(reason: "has two columns named `\(twice)`")
        }
        guard rows.count <= maximumRows else {
            throw .init(reason: "has \(rows.count) rows; at most \(maximumRows) are read")
        }
        return .array(
            try rows.map { row throws(ParameterValue.Problem) in
                guard row.fields.count == names.count else {
                    throw .init(
                        reason: "has \(row.fields.count) fields in line \(row.line), but \(names.count) columns")
                }
                return .object(Dictionary(uniqueKeysWithValues: zip(names, row.fields.map(JSONValue.string))))
            })
    }

    private struct Record {
        var line: Int
        var fields: [String]

        /// A line of nothing but white space is no record.
        var hasText: Bool { fields.count > 1 || !fields.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    }

    /// RFC 4180: fields in double quotes may hold commas, line breaks and doubled quotes. Tabs or semicolons separate
    /// too if the first line has them and no comma: that is what spreadsheets copy and export.
    private static func records(_ text: String) throws(ParameterValue.Problem) -> [Record] {
        let first = text.prefix { !$0.isNewline }
        let separator: Character =
            first.contains(",") ? "," : first.contains("\t") ? "\t" : first.contains(";") ? ";" : ","
        var records: [Record] = []
        var record = Record(line: 1, fields: [])
        var field = ""
        var line = 1
        var quoteLine: Int?
        var rest = Substring(text)

        func close(_ record: inout Record) {
            record.fields.append(field)
            field = ""
        }
        while let character = rest.popFirst() {
            if quoteLine != nil {
                if character == "\"" {
                    if rest.first == "\"" {
                        field.append(rest.removeFirst())
                    } else {
                        quoteLine = nil
                        if let next = rest.first, next != separator, !next.isNewline {
                            throw .init(reason: "has text after a closing quote in line \(line)")
                        }
                    }
                } else {
                    if character.isNewline { line += 1 }
                    field.append(character)
                }
            } else if character == "\"", field.isEmpty {
                quoteLine = line
            } else if character == separator {
                close(&record)
            } else if character.isNewline {
                close(&record)
                if record.hasText { records.append(record) }
                line += 1
                record = Record(line: line, fields: [])
            } else {
                field.append(character)
            }
        }
        if let quoteLine { throw .init(reason: "has a quote in line \(quoteLine) that is never closed") }
        close(&record)
        if record.hasText { records.append(record) }
        return records
    }
}
