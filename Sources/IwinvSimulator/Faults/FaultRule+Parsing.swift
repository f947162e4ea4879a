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
