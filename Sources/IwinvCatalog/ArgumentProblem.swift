/// What is wrong with an argument, found before anything is sent.
public struct ArgumentProblem: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        case unknownName(nearest: String?, known: [String])
        case missing
        case wrongType(expected: LocalizedText, got: LocalizedText)
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
    public var detail: String { sentence.english }

    /// What is wrong, without whose argument it is.
    public var sentence: LocalizedText {
        let quoted = "`\(name)`"
        switch reason {
        case .unknownName(let nearest, let known):
            let unknown = "`\(Self.visible(name))`"
            let text = LocalizedText("there is no argument \(unknown)", "\(unknown)라는 인자는 없습니다")
            if let nearest { return text + .didYouMean(nearest) }
            let list = Self.list(known)
            return text
                + (list.isEmpty
                    ? LocalizedText("; it takes none", ". 인자를 받지 않습니다")
                    : LocalizedText("; there are \(list)", ". 쓸 수 있는 것: \(list)"))
        case .missing:
            return LocalizedText("the argument \(quoted) is missing", "\(quoted) 인자가 없습니다")
        case .wrongType(let expected, let got):
            return LocalizedText(
                "\(quoted) must be \(expected.english), not \(got.english)",
                "\(quoted): \(expected.korean)이어야 하는데 \(got.korean)입니다")
        case .length(let count, let allowed):
            let range = Self.range(allowed)
            return allowed.lowerBound == 0
                ? LocalizedText(
                    "\(quoted) must have at most \(allowed.upperBound) characters, it has \(count)",
                    "\(quoted): \(allowed.upperBound)자 이하여야 하는데 \(count)자입니다")
                : LocalizedText(
                    "\(quoted) must have \(range) characters, it has \(count)",
                    "\(quoted): \(range)자여야 하는데 \(count)자입니다")
        case .count(let count, let allowed):
            return LocalizedText(
                "\(quoted) must have \(Self.range(allowed)) entries, it has \(count)",
                "\(quoted): 항목이 \(Self.range(allowed))개여야 하는데 \(count)개입니다")
        case .character(let scalar):
            return LocalizedText(
                "\(quoted) must not contain \(Self.name(of: scalar).english)",
                "\(quoted)에는 \(Self.name(of: scalar).korean)을(를) 쓸 수 없습니다")
        case .range(let number, let allowed):
            return LocalizedText(
                "\(quoted) must be \(Self.range(allowed)), not \(number)",
                "\(quoted): \(Self.range(allowed))이어야 하는데 \(number)입니다")
        case .step(let number, let step):
            return LocalizedText(
                "\(quoted) must be a multiple of \(step), not \(number)",
                "\(quoted): \(step)의 배수여야 하는데 \(number)입니다")
        case .choice(let word, let allowed, let nearest):
            let text = LocalizedText(
                "\(quoted) must be one of \(Self.list(allowed)), not `\(Self.visible(word))`",
                "\(quoted): \(Self.list(allowed)) 중 하나여야 하는데 `\(Self.visible(word))`입니다")
            return nearest.map { text + .didYouMean($0) } ?? text
        case .addressRange(let text, let fault):
            let word = "`\(Self.visible(text))`"
            return switch fault {
            case .isVersion6:
                LocalizedText(
                    "\(quoted) must be an IPv4 range; the cloud knows no IPv6: \(word)",
                    "\(quoted): IPv4 대역이어야 합니다. 클라우드는 IPv6를 지원하지 않습니다: \(word)")
            case .hasNoPrefix:
                LocalizedText(
                    "\(quoted) needs a prefix length: `\(Self.visible(text))/32` for one address",
                    "\(quoted): 프리픽스 길이가 필요합니다. 주소 하나라면 `\(Self.visible(text))/32`")
            case .malformed:
                LocalizedText(
                    "\(quoted) is not an IPv4 range: \(word); write it like 203.0.113.0/24",
                    "\(quoted): IPv4 대역이 아닙니다: \(word). 203.0.113.0/24처럼 쓰세요")
            }
        case .ports(let text):
            return LocalizedText(
                "\(quoted) must be a port or an ascending range, 1–65535: `8080`, `8000-8010`, not `\(Self.visible(text))`",
                "\(quoted): 1–65535의 포트 또는 오름차순 범위여야 합니다: `8080`, `8000-8010`. 받은 값 `\(Self.visible(text))`")
        case .date(let text):
            return LocalizedText(
                "\(quoted) is not a day: `\(Self.visible(text))`; write it like 2026-03-01",
                "\(quoted): 날짜가 아닙니다: `\(Self.visible(text))`. 2026-03-01처럼 쓰세요")
        case .identifier(let text):
            return LocalizedText(
                "\(quoted) is not an identifier: `\(Self.visible(text))` (letters, digits, `.`, `_` and `-` only)",
                "\(quoted): 식별자가 아닙니다: `\(Self.visible(text))` (영문자, 숫자, `.`, `_`, `-`만 가능)")
        }
    }

    private static func list(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func range<Bound>(_ range: ClosedRange<Bound>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }

    private static func name(of scalar: Unicode.Scalar) -> LocalizedText {
        switch scalar {
        case "\n": LocalizedText("a line break", "줄바꿈")
        case "\t": LocalizedText("a tab", "탭")
        case _ where CharacterRule.isFiller(scalar):
            LocalizedText("the invisible character U+" + hex(scalar.value), "보이지 않는 문자 U+" + hex(scalar.value))
        default:
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? LocalizedText("the control character U+" + hex(scalar.value), "제어 문자 U+" + hex(scalar.value))
                : LocalizedText("`\(scalar)` (U+\(hex(scalar.value)))", "`\(scalar)` (U+\(hex(scalar.value)))")
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
