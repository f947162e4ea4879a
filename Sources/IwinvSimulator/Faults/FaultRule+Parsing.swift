import Clocks
import IwinvCatalog

extension FaultRule {
    /// Reads a line that may hold several rules for the same operations, each with a frequency of its own:
    /// `instances.edit: 5% lost-reply, 5% reset, 2% busy-404`.
    ///
    /// - Throws: ``FaultRuleProblem``.
    public static func rules(in line: String) throws(FaultRuleProblem) -> [FaultRule] {
        guard let colon = line.firstIndex(of: ":") else { return [try FaultRule(line)] }
        let scope = line[...colon]
        var rules: [String] = []
        for part in line[line.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            if hasFrequency(trim(part)) || rules.isEmpty {
                rules.append("\(scope)\(part)")
            } else {
                rules[rules.count - 1] += ",\(part)"
            }
        }
        return try rules.map { text throws(FaultRuleProblem) in try FaultRule(text) }
    }

    private static func hasFrequency(_ part: Substring) -> Bool {
        let word = part.prefix { $0 != " " }
        return word.hasSuffix("%") || ["always", "once", "first", "every", "after"].contains(word)
    }

    /// Reads a rule.
    ///
    /// - Throws: ``FaultRuleProblem``, which names what cannot be read and what it may have meant.
    public init(_ text: String) throws(FaultRuleProblem) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else {
            throw FaultRuleProblem(
                "a fault is written OPERATION: [HOW-OFTEN] KIND, such as `instances.reboot: 5% lost-reply`")
        }
        let scope = try Scope(parsing: Self.trim(halves[0]))
        var rest = Self.trim(halves[1])
        let frequency = try Self.frequency(&rest)
        var kinds: [FaultKind] = []
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
            kinds.append(try FaultKind(parsing: Self.trim(part)))
        }
        self.init(scope, frequency, kinds)
    }

    /// Takes the frequency off the front; `always` if there is none.
    private static func frequency(_ rest: inout Substring) throws(FaultRuleProblem) -> Frequency {
        let word = rest.prefix { $0 != " " }
        func drop(_ part: Substring) { rest = trim(rest.dropFirst(part.count)) }
        switch word {
        case "always":
            drop(word)
            return .always
        case "once":
            drop(word)
            return .first(1)
        case "first", "every", "after":
            drop(word)
            let text = rest.prefix { $0 != " " }
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let ending = text.dropFirst(digits.count)
            guard let count = Int(digits), count >= 1,
                ending.isEmpty || word == "every" && ["st", "nd", "rd", "th"].contains(ending)
            else { throw FaultRuleProblem("`\(word)` needs a number from 1 on, not `\(text)`") }
            drop(text)
            return word == "first" ? .first(count) : word == "every" ? .every(count) : .after(count)
        case _ where word.hasSuffix("%"):
            guard let number = Double(word.dropLast()), (0...100).contains(number) else {
                throw FaultRuleProblem("`\(word)` must be between 0% and 100%")
            }
            drop(word)
            return .percent(number)
        default:
            return .always
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        let head = text.drop { $0 == " " }
        guard let last = head.lastIndex(where: { $0 != " " }) else { return "" }
        return head[...last]
    }
}

extension FaultRule.Scope {
    fileprivate init(parsing text: Substring) throws(FaultRuleProblem) {
        let catalog = Catalog.iwinv
        switch text {
        case "*":
            self = .everything
        case "reads":
            self = .reads
        case "changes":
            self = .changes
        case _ where text.hasSuffix(".*") && catalog.resources.contains(String(text.dropLast(2))):
            self = .resource(String(text.dropLast(2)))
        default:
            let name = OperationName(stringLiteral: String(text))
            guard catalog[name] != nil else {
                let known = catalog.operations.map(\.name.description) + catalog.resources.map { $0 + ".*" }
                throw FaultRuleProblem(
                    "there is no operation `\(text)`", nearest: String(text), among: known + ["reads", "changes"])
            }
            self = .operation(name)
        }
    }
}

extension FaultKind {
    fileprivate init(parsing text: Substring) throws(FaultRuleProblem) {
        let word = String(text.prefix { $0 != "(" && $0 != " " })
        var argument: String?
        let rest = text.dropFirst(word.count)
        if !rest.isEmpty {
            guard rest.hasPrefix("("), rest.hasSuffix(")"), rest.count > 2 else {
                throw FaultRuleProblem("`\(text)` is not a kind of fault: write KIND or KIND(ARGUMENT)")
            }
            argument = String(rest.dropFirst().dropLast())
        }
        switch word {
        case "refuse":
            let code = try argument.map { text throws(FaultRuleProblem) in try Self.errorCode(text) }
            self = .refuse(code ?? .checkParameter)
        case "429":
            self = .tooManyRequests(
                retryAfter: try argument.map { text throws(FaultRuleProblem) in try Self.time(text, of: word) })
        case "delay": self = .delay(try Self.time(argument ?? "", of: word))
        case "clock-skew":
            let text = argument ?? ""
            let time = try Self.time(
                text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...], of: word)
            self = .clockSkew(text.hasPrefix("-") ? .zero - time : time)
        default:
            guard let kind = Self.plain[word] else {
                throw FaultRuleProblem(
                    word.isEmpty ? "a kind of fault is missing" : "there is no kind of fault `\(word)`", nearest: word,
                    among: Self.words)
            }
            guard argument == nil else { throw FaultRuleProblem("`\(word)` takes no argument") }
            self = kind
        }
    }

    /// The kinds without an argument.
    private static let plain: [String: FaultKind] = [
        "lost-reply": .lostReply, "reset": .reset, "truncated": .truncated, "html-502": .html502, "lost-502": .lost502,
        "busy": .busy, "check-ip": .checkIP, "late-page": .latePage,
        // What else people call them.
        "busy-404": .busy, "truncated-body": .truncated, "502": .html502, "check-ip-flake": .checkIP,
        "late-page-failure": .latePage,
    ]

    private static func errorCode(_ text: String) throws(FaultRuleProblem) -> ErrorCode {
        let names = ErrorEntry.all.map(\.name).filter { $0 != ErrorCode.success.rawValue }
        guard names.contains(text) else {
            throw FaultRuleProblem("there is no error code `\(text)`", nearest: text, among: names)
        }
        return ErrorCode(rawValue: text)
    }

    private static func time(_ text: some StringProtocol, of word: String) throws(FaultRuleProblem) -> Duration {
        // A day: more would be a slip, and sums of instants stay far from their end.
        guard let time = Duration(parsing: text), time > .zero, time <= .seconds(86_400) else {
            throw FaultRuleProblem("`\(word)` needs a time up to a day, such as `\(word)(2s)`")
        }
        return time
    }
}
