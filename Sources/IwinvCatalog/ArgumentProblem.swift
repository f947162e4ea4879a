/// What is wrong with an argument, found before anything is sent.
public struct ArgumentProblem: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        case unknownName(nearest: String?, known: [String])
        case missing
        case wrongType(expected: String, got: String)
        case length(Int, allowed: ClosedRange<Int>)
        case count(Int, allowed: ClosedRange<Int>)
        case character(Unicode.Scalar)
        case range(Int64, allowed: ClosedRange<Int64>)
        case step(Int64, Int64)
        case choice(String, allowed: [String], nearest: String?)
        case identifier(String)
        case addressRange(String, AddressRange.Fault)
        case ports(String)
        case date(String)
    }

    /// The argument's name.
    public var name: String
    public var reason: Reason
    /// Whose argument it is: `instances.edit`, or `instances.create, block_storage[1]`.
    public var owner: String

    init(_ name: String, _ reason: Reason, owner: String) {
        self.name = name
        self.reason = reason
        self.owner = owner
    }
}

extension ArgumentProblem: CustomStringConvertible {
    public var description: String { "\(owner): \(detail)" }

    /// What is wrong, without whose argument it is.
    public var detail: String {
        switch reason {
        case .unknownName(let nearest, let known):
            let hint = nearest.map { "; did you mean `\($0)`?" } ?? "; there are " + Self.list(known)
            return "there is no argument `\(Self.visible(name))`\(hint)"
        case .missing:
            return "the argument `\(name)` is missing"
        case .wrongType(let expected, let got):
            return "`\(name)` must be \(expected), not \(got)"
        case .length(let count, let allowed):
            let bounds = allowed.lowerBound == 0 ? "at most \(allowed.upperBound)" : Self.range(allowed)
            return "`\(name)` must have \(bounds) characters, it has \(count)"
        case .count(let count, let allowed):
            return "`\(name)` must have \(Self.range(allowed)) entries, it has \(count)"
        case .character(let scalar):
            return "`\(name)` must not contain \(Self.name(of: scalar))"
        case .range(let number, let allowed):
            return "`\(name)` must be \(Self.range(allowed)), not \(number)"
        case .step(let number, let step):
            return "`\(name)` must be a multiple of \(step), not \(number)"
        case .choice(let word, let allowed, let nearest):
            let hint = nearest.map { "; did you mean `\($0)`?" } ?? ""
            return "`\(name)` must be one of \(Self.list(allowed)), not `\(Self.visible(word))`\(hint)"
        case .addressRange(let text, let fault):
            let word = Self.visible(text)
            return switch fault {
            case .isVersion6: "`\(name)` must be an IPv4 range; the cloud knows no IPv6: `\(word)`"
            case .hasNoPrefix: "`\(name)` needs a prefix length: `\(word)/32` for one address"
            case .malformed: "`\(name)` is not an IPv4 range: `\(word)`; write it like 203.0.113.0/24"
            }
        case .ports(let text):
            return
                "`\(name)` must be a port or an ascending range, 1–65535: `8080`, `8000-8010`, not `\(Self.visible(text))`"
        case .date(let text):
            return "`\(name)` is not a day: `\(Self.visible(text))`; write it like 2026-03-01"
        case .identifier(let text):
            return "`\(name)` is not an identifier: `\(Self.visible(text))` (letters, digits, `.`, `_` and `-` only)"
        }
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "nothing" : words.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func range<Bound>(_ range: ClosedRange<Bound>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "a line break"
        case "\t": "a tab"
        default:
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "the control character U+" + hex(scalar.value) : "`\(scalar)` (U+\(hex(scalar.value)))"
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Short, and without anything that could steer a terminal.
    private static func visible(_ text: String) -> String {
        let head = text.unicodeScalars.prefix(60).map { scalar in
            CharacterRule.printable.firstRefused(in: String(scalar)) == nil
                ? String(scalar) : "\\u{\(hex(scalar.value))}"
        }
        return head.joined() + (text.unicodeScalars.count > 60 ? "…" : "")
    }
}
