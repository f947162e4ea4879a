extension ParameterType {
    /// What values an argument may have, in words: `4–32 characters`, `` `IN` | `OUT` ``.
    public var text: String {
        switch self {
        case .text(let length, _):
            length.lowerBound == 0
                ? "at most \(length.upperBound) characters" : "\(length.lowerBound)–\(length.upperBound) characters"
        case .identifier: "identifier"
        case .identifierList: "identifier, or a list of them"
        case .integer(let range): Self.text(range)
        case .multiple(let step, let range): "\(Self.text(range)), a multiple of \(step)"
        case .choice(let words, let isOpen): Self.text(words, isOpen)
        case .choiceList(let words, let isOpen): Self.text(words, isOpen) + ", or a list"
        case .addressRange: "IPv4 range with prefix length"
        case .ports: "port or range of ports"
        case .yesNo: "Y | N"
        case .date: "day, YYYY-MM-DD"
        case .flag: "true or false"
        case .fields: "list of field names"
        case .records(let members, let count):
            "\(count.lowerBound)–\(count.upperBound) tables of \(members.map(\.name).joined(separator: ", "))"
        }
    }

    private static func text(_ range: ClosedRange<Int64>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (let low, 1_000_000_000...): low < 0 ? "integer" : "integer, \(low) or more"
        case (let low, let high): "integer \(low)–\(high)"
        }
    }

    private static func text(_ words: [String], _ isOpen: Bool) -> String {
        words.isEmpty ? "word" : words.joined(separator: " | ") + (isOpen ? " | …" : "")
    }
}
