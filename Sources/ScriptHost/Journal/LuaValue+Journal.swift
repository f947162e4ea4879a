import Foundation
import IwinvCatalog
import LuaRuntime

// Values of scripts as the journal keeps them: JSON that is read back as the very same value. What JSON has no word for
// is an object with one name that begins with `$`.

extension LuaValue {
    /// The value for the journal. A handle's value is not in it, only its number.
    var journal: JSONValue {
        switch self {
        case .nil: .null
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .number(let number):
            // JSON has no infinity, and writes 1.0 as it writes 1.
            number.isFinite && number != number.rounded() ? .number(number) : ["$number": .string("\(number)")]
        case .string(let text): .string(text)
        case .bytes(let bytes): ["$bytes": .string(Data(bytes).base64EncodedString())]
        case .array(let elements): .array(elements.map(\.journal))
        case .object(let members):
            members.keys.contains { $0.hasPrefix("$") }
                ? ["$object": .object(members.mapValues(\.journal))] : .object(members.mapValues(\.journal))
        case .handle(let handle): ["$\(handle.kind)": .integer(Int64(bitPattern: handle.id))]
        }
    }

    /// Reads what ``journal`` has written; nil for what it cannot have.
    init?(journal value: JSONValue) {
        switch value {
        case .null: self = .nil
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let elements):
            let values = elements.compactMap(LuaValue.init(journal:))
            guard values.count == elements.count else { return nil }
            self = .array(values)
        case .object(let members):
            if members.count == 1, let (name, content) = members.first, name.hasPrefix("$") {
                guard let special = Self.special(name.dropFirst(), content) else { return nil }
                self = special
                return
            }
            self.init(members: members)
        }
    }

    private init?(members: [String: JSONValue]) {
        let values = members.compactMapValues(LuaValue.init(journal:))
        guard values.count == members.count else { return nil }
        self = .object(values)
    }

    private static func special(_ name: Substring, _ content: JSONValue) -> LuaValue? {
        switch name {
        case "number": content.stringValue.flatMap(Double.init).map(LuaValue.number)
        case "bytes": content.stringValue.flatMap { Data(base64Encoded: $0) }.map { .bytes(Array($0)) }
        case "object": content.objectValue.flatMap(LuaValue.init(members:))
        default:
            content.integerValue.map { .handle(LuaHandle(kind: String(name), id: UInt64(bitPattern: $0))) }
        }
    }
}

extension LuaError {
    /// The error for the journal: what a script can see of it.
    var journal: JSONValue {
        var members: [String: JSONValue] = ["code": .integer(Int64(code.rawValue)), "message": .string(message)]
        members["value"] = value?.journal
        return .object(members)
    }

    init?(journal value: JSONValue) {
        guard let code = value["code"]?.integerValue.flatMap({ UInt8(exactly: $0) }).flatMap(Code.init),
            let message = value["message"]?.stringValue
        else { return nil }
        self.init(code, message, value: value["value"].flatMap(LuaValue.init(journal:)))
    }
}
