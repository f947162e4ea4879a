/// The value of a literal number.
public enum LuaNumber: Sendable, Hashable {
    case integer(Int64)
    case float(Double)

    /// Reads what Lua takes for a number: a decimal integer that is too large becomes a float, a hexadecimal one wraps.
    init?(_ text: ArraySlice<UInt8>) {
        guard let first = text.first else { return nil }
        let second = text.dropFirst().first
        if first == UInt8(ascii: "0"), second == UInt8(ascii: "x") || second == UInt8(ascii: "X") {
            self.init(hexadecimal: text.dropFirst(2))
        } else {
            self.init(decimal: text)
        }
    }

    private init?(decimal text: ArraySlice<UInt8>) {
        if text.allSatisfy(\.isDigit) {
            let digits = String(decoding: text, as: UTF8.self)
            if let number = Int64(digits) {
                self = .integer(number)
                return
            }
        }
        var rest = text
        let whole = rest.prefix(while: \.isDigit)
        rest = rest[whole.endIndex...]
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = "0"
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            guard let value = Self.exponent(&rest) else { return nil }
            exponent = value
        }
        guard rest.isEmpty else { return nil }
        func digits(_ part: ArraySlice<UInt8>) -> String { part.isEmpty ? "0" : String(decoding: part, as: UTF8.self) }
        guard let number = Double("\(digits(whole)).\(digits(fraction))e\(exponent)") else { return nil }
        self = .float(number)
    }

    private init?(hexadecimal text: ArraySlice<UInt8>) {
        var rest = text
        let whole = rest.prefix(while: \.isHexDigit)
        rest = rest[whole.endIndex...]
        if rest.isEmpty {
            guard !whole.isEmpty else { return nil }
            var number: UInt64 = 0
            for byte in whole { number = number &* 16 &+ UInt64(byte.hexValue ?? 0) }
            self = .integer(Int64(bitPattern: number))
            return
        }
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: \.isHexDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = "0"
        if let mark = rest.first, mark == UInt8(ascii: "p") || mark == UInt8(ascii: "P") {
            guard let value = Self.exponent(&rest) else { return nil }
            exponent = value
        }
        guard rest.isEmpty else { return nil }
        func digits(_ part: ArraySlice<UInt8>) -> String { part.isEmpty ? "0" : String(decoding: part, as: UTF8.self) }
        guard let number = Double("0x\(digits(whole)).\(digits(fraction))p\(exponent)") else { return nil }
        self = .float(number)
    }

    /// Takes `e-5`, or `p+3`; an absurdly long exponent is cut, its effect is the same.
    private static func exponent(_ rest: inout ArraySlice<UInt8>) -> String? {
        rest = rest.dropFirst()
        var sign = ""
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            sign = rest.removeFirst() == UInt8(ascii: "-") ? "-" : ""
        }
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        return sign + (significant.isEmpty ? "0" : String(decoding: significant.prefix(6), as: UTF8.self))
    }
}
