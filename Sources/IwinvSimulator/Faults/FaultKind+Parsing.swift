import Clocks
import IwinvCatalog

extension FaultKind: CustomStringConvertible {
    public var description: String {
        switch argument {
        case nil: name.rawValue
        case .code(let code): "\(name.rawValue)(\(code))"
        case .time(let time): "\(name.rawValue)(\(time.text))"
        case .number(let number):
            if case .offset = name.entry.form, number > 0 {
                "\(name.rawValue)(+\(number))"
            } else {
                "\(name.rawValue)(\(number))"
            }
        }
    }

    /// Reads `KIND` or `KIND(ARGUMENT)`.
    init(parsing text: Substring) throws(FaultRuleProblem) {
        let word = String(text.prefix { $0 != "(" && $0 != " " })
        var argument: String?
        let rest = text.dropFirst(word.count)
        if !rest.isEmpty {
            guard rest.hasPrefix("("), rest.hasSuffix(")"), rest.count > 2 else {
                throw FaultRuleProblem("`\(text)` is not a kind of fault: write KIND or KIND(ARGUMENT)")
            }
            argument = String(rest.dropFirst().dropLast())
        }
        guard let name = Name(word: word) else {
            throw FaultRuleProblem(
                word.isEmpty ? "a kind of fault is missing" : "there is no kind of fault `\(word)`", nearest: word,
                among: Name.allCases.map(\.rawValue))
        }
        self.init(name, try name.argument(argument))
    }
}

extension FaultKind.Name {
    fileprivate func argument(_ text: String?) throws(FaultRuleProblem) -> FaultKind.Argument? {
        switch entry.form {
        case .nothing:
            guard text == nil else { throw FaultRuleProblem("`\(rawValue)` takes no argument") }
            return nil
        case .code:
            guard let text else { return .code(.checkParameter) }
            let names = ErrorEntry.all.map(\.name).filter { $0 != ErrorCode.success.rawValue }
            guard names.contains(text) else {
                throw FaultRuleProblem("there is no error code `\(text)`", nearest: text, among: names)
            }
            return .code(ErrorCode(rawValue: text))
        case .time(let isRequired, _):
            guard text != nil || isRequired else { return nil }
            return .time(try time(text ?? ""))
        case .signedTime:
            let text = text ?? ""
            let time = try time(text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...])
            return .time(text.hasPrefix("-") ? .zero - time : time)
        case .size(let usual):
            guard let number = text.map({ Int($0) }) ?? usual, (1...1000).contains(number) else {
                throw FaultRuleProblem("`\(rawValue)` needs a number from 1 to 1000, such as `\(example)`")
            }
            return .number(number)
        case .offset(let usual):
            guard let number = text.map({ Int($0) }) ?? usual, number != 0,
                (-1_000_000...1_000_000).contains(number)
            else {
                throw FaultRuleProblem("`\(rawValue)` needs a number other than 0, such as `\(example)`")
            }
            return .number(number)
        }
    }

    private func time(_ text: some StringProtocol) throws(FaultRuleProblem) -> Duration {
        // A day: more would be a slip, and sums of instants stay far from their end.
        guard let time = Duration(parsing: text), time > .zero, time <= .seconds(86_400) else {
            throw FaultRuleProblem("`\(rawValue)` needs a time up to a day, such as `\(rawValue)(2s)`")
        }
        return time
    }
}
