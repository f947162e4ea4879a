import Foundation

/// The arguments of one call, checked against its operation.
///
/// ```swift
/// let arguments = try Arguments(["instance_id": "INSTANCE-a", "name": "웹-01"], for: edit)
/// ```
public struct Arguments: Sendable, Hashable {
    /// By parameter name. Text is NFC; lists are arrays; `fields` is the integer mask.
    public let values: [String: JSONValue]

    /// Who checks: a caller sends only what is known to do no harm; the server takes more (``Parameter/Tolerance``).
    public enum Side: Sendable {
        case caller, server
    }

    /// Checks and normalises.
    ///
    /// - Throws: ``ArgumentProblem``, the first in the order of the parameters.
    public init(
        _ raw: [String: JSONValue], for operation: CloudOperation, on side: Side = .caller
    ) throws(ArgumentProblem) {
        let parameters = side == .caller ? operation.parameters : operation.parameters.map(\.asServed)
        values = try Self.check(raw, against: parameters, row: operation.row, owner: "\(operation.name)")
    }

    /// Values that nobody checks: what a server that misbehaves takes a request's for.
    package init(unchecked values: [String: JSONValue]) {
        self.values = values
    }

    public subscript(name: String) -> JSONValue? { values[name] }

    private static func check(
        _ raw: [String: JSONValue], against parameters: [Parameter], row: RowType?, owner: String
    ) throws(ArgumentProblem) -> [String: JSONValue] {
        let names = parameters.map(\.name)
        for name in raw.keys.sorted() where !names.contains(name) {
            throw ArgumentProblem(
                name, .unknownName(nearest: Suggestion.nearest(to: name, among: names), known: names), owner: owner)
        }
        var values: [String: JSONValue] = [:]
        for parameter in parameters {
            guard let value = raw[parameter.name], !value.isNull else {
                if parameter.isRequired { throw ArgumentProblem(parameter.name, .missing, owner: owner) }
                continue
            }
            values[parameter.name] = try normalise(value, parameter, row: row, owner: owner)
        }
        return values
    }

    private static func normalise(
        _ value: JSONValue, _ parameter: Parameter, row: RowType?, owner: String
    ) throws(ArgumentProblem) -> JSONValue {
        func problem(_ reason: ArgumentProblem.Reason) -> ArgumentProblem {
            ArgumentProblem(parameter.name, reason, owner: owner)
        }
        func wrongType(_ english: String, _ korean: String) -> ArgumentProblem {
            problem(.wrongType(expected: LocalizedText(english, korean), got: kind(of: value)))
        }
        switch parameter.type {
        case .text(let length, let characters):
            guard let raw = value.stringValue else { throw wrongType("a string", "문자열") }
            // Composing makes a text shorter, by no more than that; one of megabytes is not worth its time.
            guard raw.utf8.count <= 64 * (length.upperBound + 1) else {
                throw problem(.length(raw.unicodeScalars.count, allowed: length))
            }
            let text = raw.precomposedStringWithCanonicalMapping
            if let scalar = characters.firstRefused(in: text) { throw problem(.character(scalar)) }
            let count = text.unicodeScalars.count
            guard length.contains(count) else { throw problem(.length(count, allowed: length)) }
            return .string(text)
        case .identifier:
            guard let text = value.stringValue else { throw wrongType("a string", "문자열") }
            guard Identifier.isValid(text) else { throw problem(.identifier(text)) }
            return value
        case .identifierList:
            let items = try strings(value, orThrow: wrongType("an identifier or a list of them", "식별자 또는 그 목록"))
            for item in items where !Identifier.isValid(item) { throw problem(.identifier(item)) }
            return .array(items.map(JSONValue.string))
        case .integer(let range):
            guard let number = value.integerValue else { throw wrongType("an integer", "정수") }
            guard range.contains(number) else { throw problem(.range(number, allowed: range)) }
            return .integer(number)
        case .multiple(let step, let range):
            guard let number = value.integerValue else { throw wrongType("an integer", "정수") }
            guard range.contains(number) else { throw problem(.range(number, allowed: range)) }
            guard number.isMultiple(of: step) else { throw problem(.step(number, step)) }
            return .integer(number)
        case .choice(let words, let isOpen):
            guard let text = value.stringValue else { throw wrongType("a string", "문자열") }
            try checkWord(text, words, isOpen: isOpen, problem)
            return value
        case .choiceList(let words, let isOpen):
            let items = try strings(value, orThrow: wrongType("a word or a list of words", "단어 또는 그 목록"))
            for item in items { try checkWord(item, words, isOpen: isOpen, problem) }
            return .array(items.map(JSONValue.string))
        case .addressRange:
            guard let text = value.stringValue else {
                throw wrongType("an IPv4 range such as 203.0.113.0/24", "203.0.113.0/24 같은 IPv4 대역")
            }
            if let fault = AddressRange.fault(in: text) { throw problem(.addressRange(text, fault)) }
            return value
        case .ports:
            guard let text = value.stringValue ?? value.integerValue.map(String.init) else {
                throw wrongType("a port or a range of ports", "포트 또는 포트 범위")
            }
            guard Ports(text) != nil else { throw problem(.ports(text)) }
            return .string(text)
        case .yesNo:
            if let flag = value.booleanValue { return flag ? "Y" : "N" }
            guard let text = value.stringValue else {
                throw wrongType("`Y`, `N`, true or false", "`Y`, `N`, true 또는 false")
            }
            try checkWord(text, ["Y", "N"], isOpen: false, problem)
            return value
        case .date:
            guard let text = value.stringValue else {
                throw wrongType("a day such as \"2026-03-01\"", "\"2026-03-01\" 같은 날짜")
            }
            guard CalendarDay.isValid(text) else { throw problem(.date(text)) }
            return value
        case .flag:
            guard value.booleanValue != nil else { throw wrongType("true or false", "true 또는 false") }
            return value
        case .fields:
            return try mask(value, row: row, problem)
        case .records(let parameters, let count):
            guard let items = value.arrayValue else { throw wrongType("a list of tables", "테이블 목록") }
            guard count.contains(items.count) else { throw problem(.count(items.count, allowed: count)) }
            var records: [JSONValue] = []
            for (index, item) in items.enumerated() {
                guard let members = item.objectValue else { throw wrongType("a list of tables", "테이블 목록") }
                records.append(
                    .object(
                        try check(
                            members, against: parameters, row: nil, owner: "\(owner), \(parameter.name)[\(index + 1)]")
                    ))
            }
            return .array(records)
        }
    }

    /// What a script would call it.
    private static func kind(of value: JSONValue) -> LocalizedText {
        switch value {
        case .array(let elements):
            elements.isEmpty ? LocalizedText("an empty table", "빈 테이블") : LocalizedText("a list", "목록")
        case .object: LocalizedText("a table", "테이블")
        case .null: LocalizedText(value.kindWithArticle, "nil")
        case .boolean: LocalizedText(value.kindWithArticle, "참/거짓 값")
        case .integer, .number: LocalizedText(value.kindWithArticle, "숫자")
        case .string: LocalizedText(value.kindWithArticle, "문자열")
        }
    }

    private static func checkWord(
        _ word: String, _ words: [String], isOpen: Bool, _ problem: (ArgumentProblem.Reason) -> ArgumentProblem
    ) throws(ArgumentProblem) {
        if words.contains(word) { return }
        // An open set passes unknown words on, but not what could break out of its place in the request.
        if isOpen, Identifier.isValid(word) { return }
        throw problem(.choice(word, allowed: words, nearest: Suggestion.nearest(to: word, among: words)))
    }

    private static func strings(
        _ value: JSONValue, orThrow problem: @autoclosure () -> ArgumentProblem
    ) throws(ArgumentProblem) -> [String] {
        if let text = value.stringValue { return text.split(separator: ",").map(String.init) }
        guard let items = value.arrayValue, !items.isEmpty else { throw problem() }
        var result: [String] = []
        for item in items {
            guard let text = item.stringValue else { throw problem() }
            result.append(text)
        }
        return result
    }

    /// Names or a ready mask. The key's bit is always set: a row without its identifier is of no use to anybody.
    private static func mask(
        _ value: JSONValue, row: RowType?, _ problem: (ArgumentProblem.Reason) -> ArgumentProblem
    ) throws(ArgumentProblem) -> JSONValue {
        let known = row?.fields.filter { $0.bit != nil }.map(\.name) ?? []
        let fieldNames = LocalizedText("a list of field names", "필드 이름 목록")
        let keyBit = row?.key.flatMap { row?.field($0)?.bit } ?? 0
        if let number = value.integerValue {
            guard number > 0, number < 1 << 18 else { throw problem(.range(number, allowed: 1...(1 << 18) - 1)) }
            return .integer(number | keyBit)
        }
        guard let items = value.arrayValue, !items.isEmpty else {
            throw problem(.wrongType(expected: fieldNames, got: kind(of: value)))
        }
        var mask = keyBit
        for item in items {
            guard let name = item.stringValue else {
                let stranger = kind(of: item)
                throw problem(
                    .wrongType(
                        expected: fieldNames,
                        got: LocalizedText("\(stranger.english) in it", "\(stranger.korean)이(가) 들어 있는 목록")))
            }
            guard let bit = row?.field(name)?.bit else {
                throw problem(
                    .choice(name, allowed: known, nearest: Suggestion.nearest(to: name, among: known)))
            }
            mask |= bit
        }
        return .integer(mask)
    }
}

/// Identifiers that may stand in a path.
public enum Identifier {
    /// `A–Z a–z 0–9 . _ -`, not empty, neither `.` nor `..` (CONTRACT 1.3): everything else might be signed differently.
    public static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && text.utf8.count <= 255
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
