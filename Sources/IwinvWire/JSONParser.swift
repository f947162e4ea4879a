import IwinvCatalog
import TextGuard

/// A recursive-descent parser over bytes; the depth is bounded, so the stack is too.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONProblem) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw problem(.trailingBytes) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw problem(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw problem(.unexpectedByte)
        }
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
        try open(depth: depth)
        var members: [String: JSONValue] = [:]
        if try closes(with: UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard position < bytes.count else { throw problem(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\"") else { throw problem(.unexpectedByte) }
            let key = try string()
            try expect(UInt8(ascii: ":"))
            members[key] = try value(depth: depth + 1)
            if try closes(with: UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
        try open(depth: depth)
        var elements: [JSONValue] = []
        if try closes(with: UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            if try closes(with: UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func open(depth: Int) throws(JSONProblem) {
        guard depth < JSONCodec.maximumDepth else { throw problem(.tooDeep) }
        position += 1
    }

    private mutating func closes(with byte: UInt8) throws(JSONProblem) -> Bool {
        skipSpace()
        guard position < bytes.count else { throw problem(.unexpectedEnd) }
        guard bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONProblem) {
        skipSpace()
        guard position < bytes.count else { throw problem(.unexpectedEnd) }
        guard bytes[position] == byte else { throw problem(.unexpectedByte) }
        position += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    // MARK: Words and numbers

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw problem(.unexpectedEnd) }
            guard bytes[position] == word.utf8Start[index] else { throw problem(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONProblem) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leading = position
        try digits(from: start)
        if bytes[leading] == UInt8(ascii: "0"), position > leading + 1 {
            throw JSONProblem(reason: .number, offset: start)
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits(from: start)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits(from: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw JSONProblem(reason: .number, offset: start) }
        return .number(value)
    }

    /// At least one digit.
    private mutating func digits(from start: Int) throws(JSONProblem) {
        let first = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > first else {
            if position == bytes.count { throw problem(.unexpectedEnd) }
            throw JSONProblem(reason: .number, offset: start)
        }
    }

    // MARK: Strings

    private mutating func string() throws(JSONProblem) -> String {
        let start = position
        position += 1
        let first = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(bytes[first..<position], from: start)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start, first: first)
            case 0..<0x20:
                throw problem(.string)
            default:
                position += 1
            }
        }
        throw problem(.unexpectedEnd)
    }

    private mutating func escapedString(from start: Int, first: Int) throws(JSONProblem) -> String {
        var buffer = Array(bytes[first..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(buffer[...], from: start)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &buffer)
            case 0..<0x20:
                throw problem(.string)
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw problem(.unexpectedEnd)
    }

    private func text(_ slice: ArraySlice<UInt8>, from start: Int) throws(JSONProblem) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONProblem(reason: .string, offset: start)
        }
        // Comparing composes, keys of an object above all: marks without end are not let in.
        guard slice.count <= String.mostMarks || !text.hasTooManyMarks else {
            throw JSONProblem(reason: .string, offset: start)
        }
        return text
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONProblem) {
        guard position < bytes.count else { throw problem(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &buffer)
        default: throw JSONProblem(reason: .string, offset: position - 1)
        }
    }

    private mutating func unicodeEscape(into buffer: inout [UInt8]) throws(JSONProblem) {
        let start = position
        var code = try fourDigits()
        if code & 0xFC00 == 0xD800 {
            guard position < bytes.count else { throw problem(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\\") else { throw JSONProblem(reason: .string, offset: start) }
            position += 1
            guard position < bytes.count else { throw problem(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "u") else { throw JSONProblem(reason: .string, offset: start) }
            position += 1
            let low = try fourDigits()
            guard low & 0xFC00 == 0xDC00 else { throw JSONProblem(reason: .string, offset: start) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        // A lone half of a pair is no character.
        guard let scalar = Unicode.Scalar(code) else { throw JSONProblem(reason: .string, offset: start) }
        buffer.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }

    private mutating func fourDigits() throws(JSONProblem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw problem(.unexpectedEnd) }
            guard let digit = PercentCoding.hexDigit(bytes[position]) else { throw problem(.string) }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private func problem(_ reason: JSONProblem.Reason) -> JSONProblem {
        JSONProblem(reason: reason, offset: position)
    }
}
